import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, fetch, type RequestInit, type Response } from 'undici';

/** An address that outgoing requests must not reach. */
export class ForbiddenAddressError extends Error {
  readonly code = 'forbidden-address';

  constructor(address: string) {
    super(`${address} is a link-local or metadata address`);
    this.name = 'ForbiddenAddressError';
  }
}

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('::', 'ipv6');

export function isForbidden(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return isForbidden(mapped);
  const family = isIP(address);
  return family !== 0 && forbidden.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Looked up once and used as looked up: a name can't resolve to something else between check and use. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => isForbidden(address));
    if (bad) return callback(new ForbiddenAddressError(bad.address), '', 0);
    if (options.all) return callback(null, addresses);
    const first = addresses[0];
    return first
      ? callback(null, first.address, first.family)
      : callback(new Error(`no address for ${hostname}`), '', 0);
  });
};

const agent = new Agent({ connect: { lookup: guardedLookup, timeout: 5000 }, pipelining: 0 });

/** `fetch` for addresses that people configure: no link-local or metadata targets, no redirects, a time limit. */
export async function guardedFetch(url: string, init: RequestInit & { timeoutMs: number }): Promise<Response> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isForbidden(host)) throw new ForbiddenAddressError(host);
  const { timeoutMs, ...rest } = init;
  return fetch(url, { ...rest, redirect: 'manual', dispatcher: agent, signal: AbortSignal.timeout(timeoutMs) });
}
