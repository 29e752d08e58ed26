import { ProxmoxError, ProxmoxOutcomeUnknownError } from '../errors.ts';
import { type Answered, type Origin, readAnswer } from './answer.ts';
import { type Call, isProxied, isRepeatable } from './call.ts';
import { ConnectError } from './connector.ts';
import type { Exchange } from './exchange.ts';

/** What an attempt means: an answer, or an error and where the call may still go. */
export type Verdict = { answered: Answered } | { error: ProxmoxError; next: 'any-host' | 'one-other-host' | 'none' };

/**
 * A write goes on only when nothing of it was sent. What may be repeated goes on as well when the connection broke, and a
 * GET to one other host when this one cannot reach the node in question.
 */
export const judge = (result: Exchange, call: Call, host: string): Verdict => {
  const origin = { host, method: call.method, path: call.path };
  if (result.type === 'answer') return judgeAnswer(result, origin);
  if (result.type === 'not-sent') return { error: notSent(result.cause, origin), next: 'any-host' };
  const sent = result.type === 'broken' || result.sent;
  if (sent && !isRepeatable(call)) {
    const what = result.type === 'broken' ? 'the connection broke' : 'no answer came in time';
    const reason = `${what} after the request was sent: whether it was carried out is not known`;
    return { error: new ProxmoxOutcomeUnknownError({ ...origin, reason }), next: 'none' };
  }
  if (result.type === 'broken') return { error: broken(result.cause, origin), next: 'any-host' };
  const reason = sent ? 'no answer in time' : 'no free connection in time';
  return { error: new ProxmoxError({ ...origin, kind: 'timeout', reason, retryable: true }), next: 'none' };
};

/** Whether the attempt speaks against the host itself, rather than against the call or the node behind the host. */
export const isHostAtFault = (result: Exchange, call: Call): boolean =>
  result.type === 'not-sent' ||
  (result.type === 'broken' && isRepeatable(call)) ||
  (result.type === 'timeout' && result.sent && !isProxied(call));

/** One error for all hosts tried. The last one counts when it was an answer; that no host answered is told of each. */
export const summarise = (failures: [ProxmoxError, ...ProxmoxError[]]): ProxmoxError => {
  const telling = failures.filter(({ kind }) => kind !== 'unreachable' && kind !== 'tls' && kind !== 'timeout').at(-1);
  const [first] = failures;
  if (telling !== undefined || failures.length === 1) return telling ?? first;
  const allTls = failures.every(({ kind }) => kind === 'tls');
  return new ProxmoxError({
    host: '',
    method: first.method,
    path: first.path,
    kind: allTls ? 'tls' : 'unreachable',
    reason: failures.map(({ host, reason }) => `${host}: ${reason}`).join('; '),
    retryable: !allTls,
    presentedFingerprint: failures.find((failure) => failure.presentedFingerprint !== undefined)?.presentedFingerprint,
  });
};

const judgeAnswer = (answer: Extract<Exchange, { type: 'answer' }>, origin: Origin): Verdict => {
  try {
    return { answered: readAnswer(answer, origin) };
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    const elsewhere = error.kind === 'node-unreachable' && origin.method === 'GET';
    return { error, next: elsewhere ? 'one-other-host' : 'none' };
  }
};

const notSent = (cause: Error, origin: Origin): ProxmoxError => {
  const tls = cause instanceof ConnectError && cause.tls;
  const presentedFingerprint = cause instanceof ConnectError ? cause.presentedFingerprint : undefined;
  const reason = tls ? `TLS: ${cause.message}` : `cannot connect: ${cause.message}`;
  return new ProxmoxError({
    ...origin,
    kind: tls ? 'tls' : 'unreachable',
    reason,
    retryable: !tls,
    presentedFingerprint,
  });
};

const broken = (cause: Error, origin: Origin): ProxmoxError => {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ProxmoxError({ ...origin, kind: 'protocol', reason: `not an answer of Proxmox VE: ${cause.message}` });
  }
  const reason = `the connection broke: ${cause.message}`;
  return new ProxmoxError({ ...origin, kind: 'unreachable', reason, retryable: true });
};
