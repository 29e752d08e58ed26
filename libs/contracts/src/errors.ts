/**
 * Every way a request can be refused, with the HTTP status it leaves by.
 * A code is part of the contract: clients key on it, sentences may be reworded.
 */
export const errorStatus = {
  'invalid-input': 400,
  'not-authenticated': 401,
  'token-refused': 401,
  forbidden: 403,
  'not-found': 404,
  'guest-not-found': 404,
  'node-not-found': 404,
  'task-not-found': 404,
  'migration-not-found': 404,
  'tag-not-found': 404,
  'no-recommendations': 404,
  'no-history': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'guest-already-migrating': 409,
  'guest-elsewhere': 409,
  'guest-not-movable': 409,
  'check-failed': 409,
  'settings-from-environment': 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  internal: 500,
  'proxmox-error': 502,
  'proxmox-unreachable': 502,
  'proxmox-timeout': 504,
  'delivery-failed': 502,
  'service-unavailable': 503,
  'broker-unavailable': 503,
  'no-snapshot': 503,
  'proxmox-not-configured': 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** One thing wrong with an input: where (dotted path, `''` for the whole) and why. */
export type ErrorDetail = { path: string; message: string };

/** An expected refusal, as it travels between services. `message` is one sentence for a person; secrets never appear in it. */
export type Refusal = { code: ErrorCode; message: string; details?: ErrorDetail[] };

/** Thrown inside a service to refuse; becomes a `Refusal` at the edge it crosses. */
export class RefusedError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetail[] | undefined;

  constructor(code: ErrorCode, message: string, details?: ErrorDetail[]) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
    this.details = details;
  }

  toRefusal(): Refusal {
    return { code: this.code, message: this.message, ...(this.details ? { details: this.details } : {}) };
  }
}

/** A value, or the reason why there is none. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Refusal };
