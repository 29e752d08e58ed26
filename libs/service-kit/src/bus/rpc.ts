import {
  type ErrorCode,
  errorStatus,
  type Outcome,
  type Refusal,
  RefusedError,
  type RpcContract,
  rpcSubject,
  type ServiceName,
} from '@proxbalance/contracts';
import type { z } from 'zod';
import { currentContext, withContext } from '../context.ts';
import type { Log } from '../log.ts';
import { inSpan, traceCarrier } from '../trace.ts';
import { type Claims, inlineMaxBytes } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { headers, type Msg, type NatsError, NatsErrorCode, type ServiceMsg } from './nats.ts';

const claimHeader = 'Proxbalance-Claim';
const requestIdHeader = 'X-Request-Id';

export type RpcParts = { link: NatsLink; claims: Claims; namespace: string; log: Log };

/** A contract with what answers it; `answers()` keeps the types of a list of them. */
export type RpcHandler<C extends RpcContract = RpcContract> = {
  contract: C;
  handle: (request: z.output<C['request']>) => Promise<z.input<C['reply']>>;
};

export const answer = <C extends RpcContract>(contract: C, handle: RpcHandler<C>['handle']): RpcHandler =>
  ({ contract, handle }) as unknown as RpcHandler;

/** Registers a service and its endpoints in one queue group: each request is answered by one replica. */
export async function serve(
  parts: RpcParts,
  service: ServiceName,
  version: string,
  handlers: RpcHandler[],
): Promise<() => Promise<unknown>> {
  const registered = await parts.link.connection.services.add({ name: service, version, queue: service });
  for (const { contract, handle } of handlers) {
    registered.addEndpoint(contract.method, {
      subject: rpcSubject(parts.namespace, contract),
      handler: (error, message) => {
        if (error) parts.log.error({ err: error }, 'rpc endpoint failed');
        else void reply(parts, contract, handle, message);
      },
    });
  }
  return () => registered.stop();
}

/** Asks a service. Never throws: no responder, no time and no connection are refusals too, and name the service. */
export async function ask<C extends RpcContract>(
  parts: RpcParts,
  contract: C,
  request: z.input<C['request']>,
): Promise<Outcome<z.output<C['reply']>>> {
  const { link, claims, namespace } = parts;
  if (!link.isUp()) return refuse('broker-unavailable', 'NATS is not reachable');
  const head = headers();
  for (const [name, value] of Object.entries(traceCarrier())) head.set(name, value);
  const { request_id: requestId } = currentContext();
  if (requestId) head.set(requestIdHeader, requestId);
  try {
    const body = await load(
      claims,
      head,
      Buffer.from(JSON.stringify(request)),
      `${contract.service}.${contract.method}.request`,
    );
    const message = await link.connection.request(rpcSubject(namespace, contract), body, {
      timeout: contract.timeoutMs,
      headers: head,
    });
    const outcome = (await unload(claims, message)) as Outcome<unknown>;
    if (!outcome.ok) return outcome;
    const parsed = contract.reply.safeParse(outcome.value);
    if (!parsed.success) return refuse('internal', `${contract.service} gave a malformed answer`);
    return { ok: true, value: parsed.data as z.output<C['reply']> };
  } catch (error) {
    return explain(contract, error as NatsError);
  }
}

async function reply(
  parts: RpcParts,
  contract: RpcContract,
  handle: RpcHandler['handle'],
  message: ServiceMsg,
): Promise<void> {
  const requestId = message.headers?.get(requestIdHeader);
  const carrier = { traceparent: message.headers?.get('traceparent') ?? '' };
  const outcome = await withContext(requestId ? { request_id: requestId } : {}, () =>
    inSpan(`${contract.service}.${contract.method}`, carrier, () => settle(parts, contract, handle, message)),
  );
  const head = headers();
  const body = Buffer.from(JSON.stringify(outcome));
  try {
    message.respond(await load(parts.claims, head, body, `${contract.service}.${contract.method}.reply`), {
      headers: head,
    });
  } catch (error) {
    parts.log.warn({ err: error }, 'could not answer a request');
  }
}

async function settle(
  parts: RpcParts,
  contract: RpcContract,
  handle: RpcHandler['handle'],
  message: ServiceMsg,
): Promise<Outcome<unknown>> {
  try {
    const parsed = contract.request.safeParse(await unload(parts.claims, message));
    if (!parsed.success) {
      const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      return { ok: false, error: { code: 'invalid-input', message: `${contract.method}: malformed request`, details } };
    }
    return { ok: true, value: await handle(parsed.data) };
  } catch (error) {
    if (error instanceof RefusedError) return { ok: false, error: error.toRefusal() };
    parts.log.error({ err: error, method: contract.method }, 'rpc handler failed');
    return refuse('internal', `${contract.service} failed: ${(error as Error).message}`);
  }
}

async function load(claims: Claims, head: ReturnType<typeof headers>, body: Buffer, family: string): Promise<Buffer> {
  if (body.length <= inlineMaxBytes) return body;
  head.set(claimHeader, await claims.put(body, family));
  return Buffer.alloc(0);
}

async function unload(claims: Claims, message: Msg | ServiceMsg): Promise<unknown> {
  const claim = message.headers?.get(claimHeader);
  return JSON.parse(Buffer.from(claim ? await claims.get(claim) : message.data).toString());
}

function explain(contract: RpcContract, error: NatsError): Outcome<never> {
  if (error.code === NatsErrorCode.NoResponders)
    return refuse('service-unavailable', `${contract.service} is not running`);
  if (error.code === NatsErrorCode.Timeout) {
    return refuse('service-unavailable', `${contract.service} did not answer within ${contract.timeoutMs} ms`);
  }
  return refuse('broker-unavailable', `NATS: ${error.message}`);
}

const refuse = (code: ErrorCode, message: string): { ok: false; error: Refusal } => ({
  ok: false,
  error: { code, message },
});

/** Whether a text is one of the product's error codes. */
export const isErrorCode = (code: string): code is ErrorCode => code in errorStatus;
