import { ForbiddenAddressError, guardedFetch } from '@proxbalance/service-kit';
import type { Message } from '../message.ts';
import { DeliveryError, type Provider } from './provider.ts';

const timeoutMs = 10_000;
/** Answers of the 4xx family that may be different another time. */
const passing = [408, 425, 429];

/** A JSON POST to any address: `{title, message, priority, timestamp, source}` and the event it is about. */
export const webhook: Provider<'webhook'> = {
  name: 'webhook',
  problem: ({ url }) => (url === '' ? 'no url is configured' : null),
  async send({ url, headers }, message, signal) {
    const response = await post(url, headers, message, signal);
    // The answer is of no interest, but an unread body would keep its connection.
    await response.body?.cancel().catch(() => undefined);
    const { status } = response;
    if (status < 300) return status;
    const permanent = status < 500 && !passing.includes(status);
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), new Date());
    throw new DeliveryError(`the receiver answered HTTP ${status}`, { permanent, retryAfterMs });
  },
};

async function post(url: string, headers: Record<string, string>, message: Message, signal: AbortSignal | undefined) {
  const { title, body, priority, event } = message;
  const payload = { title, message: body, priority, timestamp: event.time, source: 'ProxBalance', event };
  try {
    const all = new Headers(headers);
    all.set('content-type', 'application/json');
    all.set('x-proxbalance-delivery', event.id);
    return await guardedFetch(url, {
      method: 'POST',
      headers: Object.fromEntries(all),
      body: JSON.stringify(payload),
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    const { reason, permanent } = explain(error as Error);
    throw new DeliveryError(`not delivered: ${reason}`, { permanent });
  }
}

/** Error texts of HTTP clients may hold the whole address or a header; codes don't. */
export function explain(error: Error): { reason: string; permanent: boolean } {
  if (error instanceof ForbiddenAddressError)
    return { reason: 'the address is link-local or a metadata service', permanent: true };
  if (error.name === 'TimeoutError') return { reason: `no answer within ${timeoutMs / 1000} s`, permanent: false };
  if (error.name === 'AbortError') return { reason: 'the notifier was stopped', permanent: false };
  if (error.cause === undefined && error instanceof TypeError)
    return { reason: 'the url or a header cannot be used', permanent: true };
  const { code, message } = (error.cause ?? {}) as { code?: unknown; message?: unknown };
  if (message === 'bad port') return { reason: 'this port belongs to another protocol', permanent: true };
  return { reason: typeof code === 'string' ? code : error.name, permanent: false };
}

/** Seconds or a date; null when it says nothing that can be understood. */
export function readRetryAfter(header: string | null, now: Date): number | null {
  if (header === null || header.trim() === '') return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.max(ms, 0) : null;
}
