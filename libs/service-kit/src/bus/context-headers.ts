import type { Span } from '@opentelemetry/api';
import { currentContext, type WorkContext, withContext } from '../context.ts';
import { inSpan, traceCarrier } from '../trace.ts';
import { headers, type MsgHdrs } from './nats.ts';

const requestIdHeader = 'X-Request-Id';

/** Headers that carry the current request id and trace to whoever gets the message. */
export function contextHeaders(): MsgHdrs {
  const head = headers();
  for (const [name, value] of Object.entries(traceCarrier())) head.set(name, value);
  const { request_id: requestId } = currentContext();
  if (requestId) head.set(requestIdHeader, requestId);
  return head;
}

/** The id a message was published with. */
export const messageIdOf = (head: MsgHdrs | undefined): WorkContext => {
  const id = head?.get('Nats-Msg-Id');
  return id ? { message_id: id } : {};
};

/** Runs `work` in the request and trace its message came from: log lines, spans and further messages continue them. */
export function inContextOf<T>(
  head: MsgHdrs | undefined,
  spanName: string,
  more: WorkContext,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const requestId = head?.get(requestIdHeader);
  const carrier = { traceparent: head?.get('traceparent') ?? '', tracestate: head?.get('tracestate') ?? '' };
  return withContext({ ...more, ...(requestId ? { request_id: requestId } : {}) }, () =>
    inSpan(spanName, carrier, work),
  );
}
