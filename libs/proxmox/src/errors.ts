import type { Refusal } from '@proxbalance/contracts';

/**
 * What went wrong, as far as a caller can act on it.
 * - `unreachable`: no configured host answered. Nothing was done.
 * - `tls`: a host's certificate was not accepted. Nothing was sent to it, the token least of all.
 * - `timeout`: no whole answer within the time allowed. Only for reads, and for writes that were never sent.
 * - `outcome-unknown`: a write was sent and no answer came back; it may or may not have happened.
 * - `node-unreachable`: the host that was asked is fine, the node it should have asked is not (HTTP 59x).
 * - `authentication` 401, `permission` 403, `parameter` 400 (see `fields`), `not-implemented` 501 (an older Proxmox VE).
 * - `refused`: Proxmox said no in so many words (500 and every other status).
 * - `protocol`: the answer is not one of Proxmox VE, or does not have the shape it should.
 */
export type ProxmoxErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'authentication'
  | 'permission'
  | 'parameter'
  | 'refused'
  | 'node-unreachable'
  | 'not-implemented'
  | 'protocol'
  | 'outcome-unknown'
  | 'tls';

export type ProxmoxFailure = {
  kind: ProxmoxErrorKind;
  /** Proxmox's own text where there is one, else a sentence of ours. */
  reason: string;
  /** `host:port` that was asked last; empty when none was. */
  host: string;
  method: string;
  /** Below `/api2/json`, without the query. */
  path: string;
  status?: number | undefined;
  /** HTTP 400: parameter name to what is wrong with it. */
  fields?: Record<string, string> | undefined;
  /** The same call may work later without anybody changing anything. How long to wait is the caller's choice. */
  retryable?: boolean;
  /** SHA-256 of the certificate a host presented when that is why it was not used: `AA:BB:…`. */
  presentedFingerprint?: string | undefined;
};

/** The one error this package throws for a call that did not work out. Holds no part of the token. */
export class ProxmoxError extends Error {
  readonly kind: ProxmoxErrorKind;
  readonly reason: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly fields: Record<string, string> | undefined;
  readonly retryable: boolean;
  readonly presentedFingerprint: string | undefined;

  constructor(failure: ProxmoxFailure) {
    super(`${failure.reason} (${failure.method} ${failure.path}${failure.host === '' ? '' : ` at ${failure.host}`})`);
    this.name = 'ProxmoxError';
    this.kind = failure.kind;
    this.reason = failure.reason;
    this.host = failure.host;
    this.method = failure.method;
    this.path = failure.path;
    this.status = failure.status;
    this.fields = failure.fields;
    this.retryable = failure.retryable ?? false;
    this.presentedFingerprint = failure.presentedFingerprint;
  }
}

/** A write left this machine and its fate is not known. Look at the cluster before doing it again. */
export class ProxmoxOutcomeUnknownError extends ProxmoxError {
  constructor(failure: Omit<ProxmoxFailure, 'kind' | 'retryable'>) {
    super({ ...failure, kind: 'outcome-unknown' });
    this.name = 'ProxmoxOutcomeUnknownError';
  }
}

/** Whether `error` came from this package; with `kind`, whether it is of that kind. */
export const isProxmoxError = (error: unknown, kind?: ProxmoxErrorKind): error is ProxmoxError =>
  error instanceof ProxmoxError && (kind === undefined || error.kind === kind);

/** How a failed call leaves a service: 502 when Proxmox said no or is away, 504 when it was too slow to say. */
export const toRefusal = (error: ProxmoxError): Refusal => ({
  code: refusalCode(error.kind),
  message: `Proxmox: ${error.reason}`,
  ...(error.fields ? { details: Object.entries(error.fields).map(([path, message]) => ({ path, message })) } : {}),
});

const refusalCode = (kind: ProxmoxErrorKind): 'proxmox-error' | 'proxmox-unreachable' | 'proxmox-timeout' => {
  switch (kind) {
    case 'unreachable':
    case 'node-unreachable':
    case 'tls':
      return 'proxmox-unreachable';
    case 'timeout':
    case 'outcome-unknown':
      return 'proxmox-timeout';
    default:
      return 'proxmox-error';
  }
};
