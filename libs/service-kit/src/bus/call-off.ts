import { randomUUID } from 'node:crypto';
import type { NatsLink } from './connection.ts';
import type { MsgHdrs } from './nats.ts';

type Parts = { link: NatsLink; namespace: string };

/** Names the subject on which whoever asked says that nobody waits for the answer any more. */
const callOffHeader = 'Proxbalance-Call-Off';

const subjectsOf = (namespace: string) => `${namespace}.called-off.`;

/** For who asks: when the signal aborts, whoever answers is told. Gives what ends that. */
export function offerCallOff({ link, namespace }: Parts, head: MsgHdrs, signal: AbortSignal | undefined): () => void {
  if (!signal) return () => {};
  const subject = subjectsOf(namespace) + randomUUID();
  head.set(callOffHeader, subject);
  const tell = () => {
    if (link.isUp()) link.connection.publish(subject);
  };
  signal.addEventListener('abort', tell, { once: true });
  return () => signal.removeEventListener('abort', tell);
}

/** For who answers: aborts when nobody waits for the answer any more, as far as that is told. Gives what ends listening, too. */
export function hearCallOff(
  { link, namespace }: Parts,
  head: MsgHdrs | undefined,
): { signal: AbortSignal; end: () => void } {
  const subject = head?.get(callOffHeader);
  if (!subject?.startsWith(subjectsOf(namespace))) return { signal: never, end: () => {} };
  const gone = new AbortController();
  const subscription = link.connection.subscribe(subject, { max: 1, callback: () => gone.abort() });
  return { signal: gone.signal, end: () => subscription.unsubscribe() };
}

const never = new AbortController().signal;
