import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { ServiceName } from './service.ts';

/** A question or command that one service answers now, with a value or a refusal. */
export type RpcContract<Q extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> = {
  kind: 'rpc';
  service: ServiceName;
  /** imperative: `migrate` */
  method: string;
  summary: string;
  request: Q;
  reply: A;
  errors: readonly ErrorCode[];
  /** How long an asker waits, milliseconds. */
  timeoutMs: number;
};

export const rpc = <Q extends z.ZodType, A extends z.ZodType>(
  name: `${ServiceName}.${string}`,
  rest: Omit<RpcContract<Q, A>, 'kind' | 'service' | 'method' | 'timeoutMs'> & { timeoutMs?: number },
): RpcContract<Q, A> => {
  const [service, method] = name.split('.') as [ServiceName, string];
  return { kind: 'rpc', service, method, timeoutMs: 10_000, ...rest };
};

/** Subject of an rpc inside a namespace: `<ns>.rpc.<service>.<method>`. */
export const rpcSubject = (namespace: string, contract: Pick<RpcContract, 'service' | 'method'>): string =>
  `${namespace}.rpc.${contract.service}.${contract.method}`;
