import { ForbiddenAddressError, guardedFetch } from '@proxbalance/service-kit';
import type { Message } from '../message.ts';
import { DeliveryError, type Provider } from './provider.ts';

const timeoutMs = 10_000;

/** A JSON POST to any address: `{title, message, priority, timestamp, source}` and the event it is about. */
export const webhook: Provider<'webhook'> = {
  name: 'webhook',
  problem: ({ url }) => (url === '' ? 'no url is configured' : null),
  async send({ url, headers }, message) {
    const response = await post(url, headers, message);
    // The answer is of no interest, but an unread body would keep its connection.
    await response.body?.cancel();
    if (response.status < 300) return response.status;
    const permanent = response.status >= 300 && response.status < 500 && ![408, 425, 429].includes(response.status);
    throw new DeliveryError(`the receiver answered HTTP ${response.status}`, {
      permanent,
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    });
  },
};

async function post(url: string, headers: Record<string, string>, { title, body, priority, event }: Message) {
  const payload = { title, message: body, priority, timestamp: event.time, source: 'ProxBalance', event };
  try {
    return await guardedFetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'x-proxbalance-delivery': event.id },
      body: JSON.stringify(payload),
      timeoutMs,
    });
  } catch (error) {
    throw new DeliveryError(`not delivered: ${reasonOf(error as Error)}`, { permanent: isForbidden(error) });
  }
}

/** Error texts of HTTP clients may hold the whole address; codes don't. */
function reasonOf(error: Error): string {
  if (isForbidden(error)) return 'the address is link-local or a metadata service';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const cause = error.cause as { code?: string } | undefined;
  return cause?.code ?? error.name;
}

const isForbidden = (error: unknown): boolean =>
  error instanceof ForbiddenAddressError || (error as Error).cause instanceof ForbiddenAddressError;

function retryAfter(header: string | null): number | null {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) ? Math.min(seconds, 3600) * 1000 : null;
}
