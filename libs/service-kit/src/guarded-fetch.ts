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

/** Link-local, "this network", and where clouds keep their metadata: 192.0.0.192 Oracle, 168.63.129.16 Azure, 100.100.100.200 Alibaba. */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
for (const address of ['192.0.0.192', '168.63.129.16', '100.100.100.200']) forbidden.addAddress(address, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('::', 'ipv6');
// 169.254.0.0/16 as a translator would reach it: IPv4-compatible, NAT64, 6to4.
for (const prefix of ['::a9fe:0', '64:ff9b::a9fe:0']) forbidden.addSubnet(prefix, 112, 'ipv6');
forbidden.addSubnet('2002:a9fe::', 32, 'ipv6');

/** Knows IPv4-mapped forms too. A name is none of its business: see the lookup. */
export function isForbidden(address: string): boolean {
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
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an http address: ${protocol}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isForbidden(host)) throw new ForbiddenAddressError(host);
  const { timeoutMs, signal, ...rest } = init;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, {
      ...rest,
      redirect: 'manual',
      dispatcher: agent,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    // `fetch` wraps what the lookup said into a "fetch failed".
    const cause = error instanceof Error ? error.cause : undefined;
    throw cause instanceof ForbiddenAddressError ? cause : error;
  }
}
