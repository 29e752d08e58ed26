import { createSecureContext, getCACertificates, type SecureContext, TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { normalFingerprint, type TlsMode } from '../options.ts';

/** No connection came to be, so nothing was sent. */
export class ConnectError extends Error {
  readonly tls: boolean;
  readonly presentedFingerprint: string | undefined;

  constructor(message: string, tls: boolean, presentedFingerprint?: string) {
    super(message);
    this.name = 'ConnectError';
    this.tls = tls;
    this.presentedFingerprint = presentedFingerprint;
  }
}

/**
 * Opens connections to hosts that prove who they are as `tls` wants it. The check is over before undici gets the socket,
 * so a host that fails it never sees a byte of a request. TLS sessions are not resumed: every connection is checked anew.
 */
export const createConnector = (tls: TlsMode, timeoutMs: number): buildConnector.connector => {
  const pins = tls.mode === 'pin' ? tls.fingerprints.map(normalFingerprint) : null;
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    maxCachedSessions: 0,
    rejectUnauthorized: tls.mode === 'verify',
    ...(tls.mode === 'verify' ? { secureContext: trust(tls.ca) } : {}),
  });
  return (options, callback) =>
    connect(options, (error, socket) => {
      const refusal = error === null ? checkPin(socket, pins) : connectError(error);
      if (refusal === null && socket !== null) return callback(null, socket);
      socket?.destroy();
      callback(refusal ?? new ConnectError('no connection', false), null);
    });
};

const trust = (ca: string | undefined): SecureContext =>
  createSecureContext({ ca: ca ?? [...getCACertificates('default'), ...getCACertificates('system')] });

const checkPin = (socket: unknown, pins: string[] | null): ConnectError | null => {
  if (pins === null) return null;
  const presented = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
  if (presented !== undefined && pins.includes(presented)) return null;
  return new ConnectError(
    `the host presented the certificate ${presented ?? '(none)'}, which is not pinned`,
    true,
    presented,
  );
};

const TLS_PROBLEM =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/;

const connectError = (error: Error): ConnectError => {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = error.message === '' ? code : error.message;
  return new ConnectError(text, TLS_PROBLEM.test(code));
};
