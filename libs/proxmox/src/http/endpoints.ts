import { type buildConnector, Pool } from 'undici';
import { hostName, type ProxmoxHost } from '../options.ts';
import { createSlots, type Slots } from './slots.ts';

/** One host with what is remembered about it. */
export type Endpoint = {
  name: string;
  /** Keeps connections; a request may meet one that the host is closing just now, so only for what can be repeated. */
  kept: Pool;
  /** A new connection for every request: a stale one must never leave a write's fate unknown, nor spoil a second try. */
  fresh: Pool;
  slots: Slots;
  /** Failures in a row; 0 = the last attempt got through. */
  failures: number;
  /** Until then (ms since the epoch) nothing but an emergency goes there. */
  retryAt: number;
  /** Why it was last given up on. */
  problem: string | null;
};

/** pveproxy closes a connection after 100 requests; leaving first avoids the reset. */
const REQUESTS_PER_CONNECTION = 90;
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
const BACK_OFF_MIN_MS = 2_000;
const BACK_OFF_MAX_MS = 60_000;

export const createEndpoint = (host: ProxmoxHost, connect: buildConnector.connector, concurrency: number): Endpoint => {
  const name = hostName(host);
  const shared = {
    connect,
    allowH2: false,
    connections: concurrency,
    maxResponseSize: MAX_ANSWER_BYTES,
  };
  return {
    name,
    kept: new Pool(`https://${name}`, { ...shared, maxRequestsPerClient: REQUESTS_PER_CONNECTION }),
    fresh: new Pool(`https://${name}`, { ...shared, pipelining: 0 }),
    slots: createSlots(concurrency),
    failures: 0,
    retryAt: 0,
    problem: null,
  };
};

/** The hosts in the order to try them: those that worked last in configured order, then the one whose turn is nearest. */
export const inOrder = (endpoints: Endpoint[]): Endpoint[] => {
  const good = endpoints.filter((endpoint) => endpoint.failures === 0);
  const bad = endpoints.filter((endpoint) => endpoint.failures > 0).sort((a, b) => a.retryAt - b.retryAt);
  return [...good, ...bad];
};

/** Those given up on whose back-off is over. None while no host is good: then every call tries them all anyway. */
export const dueForProbe = (endpoints: Endpoint[], now: number): Endpoint[] =>
  endpoints.some(({ failures }) => failures === 0)
    ? endpoints.filter(({ failures, retryAt }) => failures > 0 && retryAt <= now)
    : [];

export const markGood = (endpoint: Endpoint): void => {
  endpoint.failures = 0;
  endpoint.problem = null;
};

/** Backs off for 2 s, doubling to 60 s. What fails during a back-off, several calls at once say, does not lengthen it. */
export const markBad = (endpoint: Endpoint, problem: string, now: number): void => {
  endpoint.problem = problem;
  if (endpoint.failures > 0 && endpoint.retryAt > now) return;
  endpoint.failures += 1;
  endpoint.retryAt = now + Math.min(BACK_OFF_MIN_MS * 2 ** (endpoint.failures - 1), BACK_OFF_MAX_MS);
};
