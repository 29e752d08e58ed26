import { isIP } from 'node:net';

/** One API endpoint. Any node can answer for the whole cluster. */
export type ProxmoxHost = { host: string; port: number };

/**
 * How a host proves who it is.
 * - `verify`: by a chain to the system's certificate authorities or to `ca` (PEM), and by its name.
 * - `pin`: by the SHA-256 of its own certificate, one of `fingerprints`.
 * - `insecure`: not at all.
 */
export type TlsMode = { mode: 'verify'; ca?: string } | { mode: 'pin'; fingerprints: string[] } | { mode: 'insecure' };

/** One HTTP exchange, for metrics and logs. `path` is the template: `/nodes/{node}/status`. */
export type RequestInfo = {
  method: string;
  path: string;
  host: string;
  /** HTTP status; null when no answer came. */
  status: number | null;
  ms: number;
};

/**
 * Who asks. A token needs no state and is the usual way. A password gets a ticket of two hours, renewed as long as the
 * client lives: for the few calls that Proxmox refuses to tokens, and to make the first token.
 */
export type ProxmoxAuth =
  | { kind: 'token' /** `user@realm!name` */; tokenId: string; tokenSecret: string }
  | { kind: 'password' /** `user@realm` */; username: string; password: string };

export type ProxmoxConnection = {
  /** In order of preference. */
  hosts: ProxmoxHost[];
  tls: TlsMode;
  /** Bounds one call from end to end: queueing, fail-over and retry included. Default 15 000. */
  timeoutMs?: number;
  /** Default 4. */
  concurrencyPerHost?: number;
  onRequest?: (info: RequestInfo) => void;
};

/** A connection with a token, in short. */
export type ProxmoxOptions = ProxmoxConnection & { tokenId: string; tokenSecret: string };
/** A connection with either way to say who asks. */
export type ProxmoxAuthOptions = ProxmoxConnection & { auth: ProxmoxAuth };

/** Who asks, in the one form used inside. */
export const authOf = (options: ProxmoxOptions | ProxmoxAuthOptions): ProxmoxAuth =>
  'auth' in options ? options.auth : { kind: 'token', tokenId: options.tokenId, tokenSecret: options.tokenSecret };

const DEFAULT_PORT = 8006;

const FINGERPRINT = /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/** Reads `pve1,10.0.0.2:8006,[::1]:8006`; `port` is for hosts without one. Throws a `TypeError` that names what is wrong. */
export const parseHosts = (text: string, port = DEFAULT_PORT): ProxmoxHost[] => {
  const parts = text.split(',').map((part) => part.trim());
  const hosts = parts.filter((part) => part !== '').map((part) => parseHost(part, port));
  if (hosts.length === 0) throw new TypeError('no Proxmox host given');
  return hosts.filter((host, index) => hosts.findIndex((other) => hostName(other) === hostName(host)) === index);
};

const parseHost = (text: string, defaultPort: number): ProxmoxHost => {
  if (isIP(text) === 6) return { host: text, port: defaultPort };
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[4] === undefined ? defaultPort : Number(match[4]);
  const wrongBrackets = match?.[1] !== undefined && isIP(match[1]) !== 6;
  if (host === undefined || wrongBrackets || port < 1 || port > 65_535) {
    throw new TypeError(`'${text}' is not a host: expected name, name:port or [IPv6]:port`);
  }
  return { host: host.toLowerCase(), port };
};

/** Reads `verify`, `insecure` or `pin:AA:BB…,CC:DD…` (colons and case do not matter). Throws a `TypeError`. */
export const parseTlsMode = (text: string): TlsMode => {
  if (text === 'verify' || text === 'insecure') return { mode: text };
  if (!text.startsWith('pin:'))
    throw new TypeError(`'${text}' is not a TLS mode: expected verify, insecure or pin:<SHA-256>`);
  const pins = text.slice('pin:'.length).split(',');
  return { mode: 'pin', fingerprints: pins.map(normalFingerprint) };
};

/** A SHA-256 fingerprint in the one form used here, `AA:BB:…`. Throws a `TypeError`. */
export const normalFingerprint = (text: string): string => {
  const digits = text.replace(/[\s:]/g, '').toUpperCase();
  const fingerprint = digits.match(/../g)?.join(':') ?? '';
  if (digits.length !== 64 || !FINGERPRINT.test(fingerprint)) {
    throw new TypeError(`'${text.trim()}' is not a SHA-256 fingerprint: expected 32 bytes in hex`);
  }
  return fingerprint;
};

/** `host:port` as shown to people. */
export const hostName = ({ host, port }: ProxmoxHost): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** The value of the `Authorization` header. Proxmox URI-unescapes it and cuts it at `;`. Throws a `TypeError`. */
export const authorization = (tokenId: string, tokenSecret: string): string => {
  if (!/^[^\s!=]+@[^\s!=]+![A-Za-z][A-Za-z0-9._-]*$/.test(tokenId)) {
    throw new TypeError('the Proxmox token id must look like user@realm!name');
  }
  if (!/^[\x21-\x7e]+$/.test(tokenSecret)) {
    throw new TypeError('the Proxmox token secret must be one line of printable ASCII without spaces');
  }
  const escaped = (text: string) => text.replace(/[%;]|[^\x21-\x7e]/gu, encodeURIComponent);
  return `PVEAPIToken=${escaped(tokenId)}=${escaped(tokenSecret)}`;
};
