import {
  type ErrorCode,
  errorStatus,
  type Outcome,
  type Refusal,
  type RpcContract,
  rpcSubject,
} from '@proxbalance/contracts';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import { offerCallOff } from './call-off.ts';
import type { Claims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { contextHeaders } from './context-headers.ts';
import { NatsError, NatsErrorCode } from './nats.ts';
import { MalformedPayloadError } from './payload.ts';
import { packBody, unpackAnswer } from './rpc-body.ts';

export type AskParts = { link: NatsLink; claims: Claims; namespace: string; log: Log };

export type AskOptions = {
  /** Aborts when nobody waits for the answer any more: whoever works on it is told */
  signal?: AbortSignal;
};

/** Asks a service. Never throws: no responder, no time and no connection are refusals too, and name the service. */
export async function ask<C extends RpcContract>(
  parts: AskParts,
  contract: C,
  request: z.input<C['request']>,
  { signal }: AskOptions = {},
): Promise<Outcome<z.output<C['reply']>>> {
  const { link, claims, namespace } = parts;
  if (!link.isUp()) return refuse('broker-unavailable', 'NATS is not reachable');
  const head = contextHeaders();
  const endOffer = offerCallOff(parts, head, signal);
  try {
    const body = await packBody(
      claims,
      head,
      JSON.stringify(request),
      `${contract.service}.${contract.method}.request`,
    );
    const message = await link.connection.request(rpcSubject(namespace, contract), body, {
      timeout: contract.timeoutMs,
      headers: head,
    });
    const { outcome, isChecked } = await unpackAnswer(claims, contract, message);
    return isChecked ? (outcome as Outcome<z.output<C['reply']>>) : readOutcome(contract, outcome);
  } catch (error) {
    return explain(parts, contract, error);
  } finally {
    endOffer();
  }
}

/** What came back was written by another process, perhaps of another version: nothing in it is taken for granted. */
function readOutcome<C extends RpcContract>(contract: C, answer: unknown): Outcome<z.output<C['reply']>> {
  const outcome = answer as Partial<{ ok: boolean; value: unknown; error: Partial<Refusal> }> | null;
  if (outcome?.ok === true) {
    const parsed = contract.reply.safeParse(outcome.value);
    if (parsed.success) return { ok: true, value: parsed.data as z.output<C['reply']> };
  }
  if (outcome?.ok === false && isErrorCode(outcome.error?.code)) return { ok: false, error: outcome.error as Refusal };
  return refuse('internal', `${contract.service} gave a malformed answer`);
}

function explain(parts: AskParts, contract: RpcContract, error: unknown): Outcome<never> {
  const { service, method, timeoutMs } = contract;
  if (error instanceof MalformedPayloadError) {
    parts.log.error({ err: error, service, method }, 'a malformed answer');
    return refuse('internal', `${service} gave a malformed answer`);
  }
  if (!(error instanceof NatsError)) {
    parts.log.error({ err: error, service, method }, 'could not ask, or not read the answer');
    return refuse('internal', `the answer of ${service} could not be read`);
  }
  if (error.code === NatsErrorCode.NoResponders) return refuse('service-unavailable', `${service} is not running`);
  if (error.code === NatsErrorCode.Timeout && parts.link.isUp())
    return refuse('service-unavailable', `${service} did not answer within ${timeoutMs} ms`);
  return refuse('broker-unavailable', `NATS: ${error.message}`);
}

export const refuse = (code: ErrorCode, message: string): { ok: false; error: Refusal } => ({
  ok: false,
  error: { code, message },
});

const isErrorCode = (code: string | undefined): code is ErrorCode =>
  code !== undefined && Object.hasOwn(errorStatus, code);
