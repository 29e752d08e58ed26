import { type ErrorCode, type ErrorDetail, errorStatus, type Outcome, RefusedError } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { bodyMaxBytes, paramMaxLength } from './limits.ts';
import { securityHeaders } from './security-headers.ts';

/** The one place where a refusal becomes an HTTP answer. `extra` carries what the reference adds for single endpoints. */
export function sendFailure(
  reply: FastifyReply,
  code: ErrorCode,
  message: string,
  details?: ErrorDetail[],
  extra: object = {},
) {
  return reply
    .code(errorStatus[code])
    .headers(securityHeaders)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ success: false, error: message, code, ...(details ? { details } : {}), ...extra }));
}

/** The value of an answer, or its refusal thrown. */
export function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new RefusedError(outcome.error.code, outcome.error.message, outcome.error.details);
}

export const failureHandler =
  (log: Log) => (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof RefusedError)
      return sendFailure(reply, error.code, error.message, error.details, extras[error.code]);
    if (hasZodFastifySchemaValidationErrors(error)) return sendInvalid(error, reply);
    const status = 'statusCode' in error ? error.statusCode : undefined;
    if (status && status >= 400 && status < 500)
      return sendFailure(reply, clientErrors[status] ?? 'invalid-input', sentenceOf(error));
    const { id, method, url } = request;
    log.error({ err: error, request_id: id, method, path: url.split('?')[0] }, 'a request failed');
    return sendFailure(reply, 'internal', 'something went wrong here; the log says more');
  };

/** What existing clients look for beside the code. */
const extras: Partial<Record<ErrorCode, object>> = {
  'no-recommendations': { cache_missing: true },
  'no-history': { patterns: [] },
};

const clientErrors: Record<number, ErrorCode> = {
  400: 'invalid-input',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
};

/** The framework's own words repeat the whole address, or don't say what is wanted. */
const sentences: Record<string, string> = {
  FST_ERR_BAD_URL: 'the address is not encoded as addresses are: % and two hexadecimal digits',
  FST_ERR_MAX_PARAM_LENGTH: `a part of the address is too long: ${paramMaxLength} characters at most`,
  FST_ERR_CTP_BODY_TOO_LARGE: `the body is too large: ${bodyMaxBytes / 1024} KiB at most`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the body must be application/json',
};

const sentenceOf = (error: Error & { code?: string }): string => sentences[error.code ?? ''] ?? error.message;

type Invalid = {
  validation: { keyword: string; instancePath: string; message?: string; params?: { keys?: string[] } }[];
  validationContext?: string;
};

/** A body of nothing but mistakes must not be answered with a longer list of them. */
const detailsMax = 50;
const nameMax = 100;

function sendInvalid(error: Error, reply: FastifyReply) {
  const { validation, validationContext = 'input' } = error as Error & Invalid;
  const all = validation.flatMap(({ keyword, instancePath, message = 'is invalid', params }) => {
    const path = instancePath.replace(/^\//, '').replaceAll('/', '.').slice(0, nameMax);
    const keys = keyword === 'unrecognized_keys' ? (params?.keys ?? []) : [];
    if (keys.length === 0) return [{ path, message }];
    const names = keys.slice(0, detailsMax + 1).map((key) => key.slice(0, nameMax));
    return names.map((name) => ({ path: path ? `${path}.${name}` : name, message: 'is not a known field' }));
  });
  const details = all.slice(0, detailsMax);
  const sentences = details.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (all.length > detailsMax) sentences.push('and more');
  return sendFailure(reply, 'invalid-input', `${validationContext}: ${sentences.join('; ')}`, details);
}
