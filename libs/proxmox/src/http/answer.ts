import type { z } from 'zod';
import { ProxmoxError, type ProxmoxErrorKind, type ProxmoxFailure, ProxmoxOutcomeUnknownError } from '../errors.ts';
import { isRepeatable } from './call.ts';

/** Where an answer comes from: what an error about it has to name. */
export type Origin = Pick<ProxmoxFailure, 'host' | 'method' | 'path'>;

export type Answer = { status: number; reason: string; body: string };

/** A successful answer. `total` stands beside `data` where Proxmox counts (task logs); absent when 0. */
export type Answered = { data: unknown; total: number | null; origin: Origin };

type Envelope = { data?: unknown; total?: unknown; message?: unknown; errors?: unknown };

/** Takes `{"data": …}` apart. Throws the `ProxmoxError` the status and text stand for. */
export const readAnswer = (answer: Answer, origin: Origin): Answered => {
  const envelope = parseEnvelope(answer.body);
  if (answer.status !== 200) throw answerError(answer, envelope, origin);
  if (envelope === null || envelope.data === undefined) {
    const reason = 'the answer is not one of a Proxmox VE API: no JSON object with data';
    throw new ProxmoxError({ ...origin, kind: 'protocol', reason, status: answer.status });
  }
  return { data: envelope.data, total: typeof envelope.total === 'number' ? envelope.total : null, origin };
};

/** The answer in the product's shape, or kind `protocol` with the place that does not fit. */
export const decode = <T>(shape: z.ZodType<T>, { data, origin }: Answered): T => {
  const result = shape.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'data' : `data.${issue.path.join('.')}`;
  const reason = `an answer that does not fit: ${field}: ${issue?.message ?? 'unreadable'}`;
  throw new ProxmoxError({ ...origin, kind: 'protocol', reason, status: 200 });
};

/** HTTP 595-599: pveproxy could not get an answer out of the node in the path. */
const isNodeUnreachable = (status: number): boolean => status >= 595 && status <= 599;

const parseEnvelope = (body: string): Envelope | null => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
};

const answerError = (answer: Answer, envelope: Envelope | null, origin: Origin): ProxmoxError => {
  const { status } = answer;
  const fields = fieldsOf(envelope);
  const reason = reasonOf(answer, envelope, fields);
  const failure = { ...origin, status, reason, fields };
  if (!isRepeatable(origin) && mayHaveHappened(status)) return new ProxmoxOutcomeUnknownError(failure);
  const kind = kindOf(status);
  return new ProxmoxError({ ...failure, kind, retryable: isRetryable(kind, reason) });
};

/** 595 could not connect to the node: nothing happened. Later ones, and those of a gateway in between, may have passed it on. */
const mayHaveHappened = (status: number): boolean =>
  (isNodeUnreachable(status) && status !== 595) || status === 502 || status === 504;

const kindOf = (status: number): ProxmoxErrorKind => {
  if (isNodeUnreachable(status)) return 'node-unreachable';
  if (status === 400) return 'parameter';
  if (status === 401) return 'authentication';
  if (status === 403) return 'permission';
  if (status === 501) return 'not-implemented';
  if (status >= 502 && status <= 504) return 'unreachable';
  return status >= 400 ? 'refused' : 'protocol';
};

const isRetryable = (kind: ProxmoxErrorKind, reason: string): boolean =>
  kind === 'node-unreachable' ||
  kind === 'unreachable' ||
  (kind === 'refused' && /\blocked\b|no quorum|got timeout/.test(reason));

const fieldsOf = (envelope: Envelope | null): Record<string, string> | undefined => {
  const errors = envelope?.errors;
  if (typeof errors !== 'object' || errors === null) return undefined;
  return Object.fromEntries(Object.entries(errors).map(([name, text]) => [name, String(text).trim()]));
};

/** Before libpve-http-server 5.2 the text was in the reason phrase only; 401 and 59x never have a body. */
const reasonOf = (answer: Answer, envelope: Envelope | null, fields: Record<string, string> | undefined): string => {
  const text = typeof envelope?.message === 'string' ? envelope.message.trim() : answer.reason.trim();
  const said = text === '' ? `HTTP status ${answer.status}` : text;
  const details = Object.entries(fields ?? {}).map(([name, problem]) => `${name}: ${problem}`);
  return details.length === 0 ? said : `${said.replace(/\.$/, '')}: ${details.join('; ')}`;
};
