import { RefusedError, type RpcContract, rpcSubject, type ServiceName } from '@proxbalance/contracts';
import type { z } from 'zod';
import type { InFlight } from '../in-flight.ts';
import { pause } from '../pause.ts';
import type { Scope } from '../scope.ts';
import { type AskParts, refuse } from './ask.ts';
import { isLarge } from './breach.ts';
import { hearCallOff } from './call-off.ts';
import { inContextOf } from './context-headers.ts';
import { headers, type ServiceMsg } from './nats.ts';
import { Packed } from './packed.ts';
import { type Answered, packAnswer, unpackBody } from './rpc-body.ts';

export type ServeParts = AskParts & { scope: Scope; inFlight: InFlight };

/** Who asked. `signal` aborts when nobody waits for the answer any more, as far as that is told. */
export type Asker = { signal: AbortSignal };

/** A contract with what answers it; `answer()` keeps the types of a list of them. */
export type RpcHandler<C extends RpcContract = RpcContract> = {
  contract: C;
  handle: (request: z.output<C['request']>, asker: Asker) => Promise<z.input<C['reply']> | Packed<C['reply']>>;
};

export const answer = <C extends RpcContract>(contract: C, handle: RpcHandler<C>['handle']): RpcHandler =>
  ({ contract, handle }) as unknown as RpcHandler;

const stopMaxMs = 1000;

/**
 * Registers a service and its endpoints in one queue group: each request is answered by one replica. As soon as closing
 * begins no request is taken any more, and those in hand are answered.
 */
export async function serve(
  parts: ServeParts,
  service: ServiceName,
  version: string,
  handlers: RpcHandler[],
): Promise<() => Promise<unknown>> {
  const { link, scope, log, inFlight, namespace } = parts;
  const registered = await link.connection.services.add({ name: service, version, queue: service });
  void registered.stopped.then((error) => error && log.error({ err: error }, 'this service is asked no more'));
  for (const handler of handlers) {
    registered.addEndpoint(handler.contract.method, {
      subject: rpcSubject(namespace, handler.contract),
      handler: (_error, message) => void inFlight.track(reply(parts, handler, message)),
    });
  }
  // Whoever says it serves is to be heard at once: the server must know by then. One that is gone learns it when it is back.
  if (link.isUp()) await link.connection.flush().catch(() => undefined);
  const stop = async () => {
    const patience = new AbortController();
    // A server that is gone confirms nothing.
    await Promise.race([registered.stop(), pause(link.isUp() ? stopMaxMs : 0, patience.signal)]);
    patience.abort();
    await inFlight.settled();
  };
  scope.signal.addEventListener('abort', () => void registered.stop(), { once: true });
  scope.use(stop, (it) => it());
  return stop;
}

/** Answers a request, whatever happens. Never throws. */
async function reply(parts: ServeParts, { contract, handle }: RpcHandler, message: ServiceMsg): Promise<void> {
  const name = `${contract.service}.${contract.method}`;
  try {
    const answered = await inContextOf(message.headers, name, {}, () => settle(parts, contract, handle, message));
    const head = headers();
    const body = await packAnswer(parts.claims, head, contract, answered, `${name}.reply`).catch((error: Error) => {
      parts.log.warn({ err: error, method: name }, 'could not store a large answer');
      return Buffer.from(
        JSON.stringify(refuse('broker-unavailable', `${contract.service} could not hand its answer over`)),
      );
    });
    message.respond(body, { headers: head });
  } catch (error) {
    parts.log.warn({ err: error, method: name }, 'could not answer a request');
  }
}

/** The outcome as JSON, or a value better written piece by piece. What a handler throws unexpectedly stays in the log: its words may hold anything. */
async function settle(
  parts: ServeParts,
  contract: RpcContract,
  handle: RpcHandler['handle'],
  message: ServiceMsg,
): Promise<Answered> {
  const { signal, end } = hearCallOff(parts, message.headers);
  try {
    const request = await unpackBody(parts.claims, message).catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) throw error;
      throw new RefusedError('invalid-input', `${contract.method}: not JSON`);
    });
    const parsed = contract.request.safeParse(request);
    if (!parsed.success) {
      const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      throw new RefusedError('invalid-input', `${contract.method}: malformed request`, details);
    }
    const value: unknown = await handle(parsed.data, { signal });
    if (value instanceof Packed) return goodAnswer(value);
    return isLarge(contract.reply, value) ? { value } : JSON.stringify({ ok: true, value });
  } catch (error) {
    if (error instanceof RefusedError) return JSON.stringify({ ok: false, error: error.toRefusal() });
    parts.log.error({ err: error, method: contract.method }, 'rpc handler failed');
    return JSON.stringify(refuse('internal', `${contract.service} failed unexpectedly: its log says why`));
  } finally {
    end();
  }
}

const goodAnswer = ({ body }: Packed<z.ZodType>): Answered =>
  typeof body === 'string' ? `{"ok":true,"value":${body}}` : { packed: body };
