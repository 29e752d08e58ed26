import type { ProxmoxError } from '../errors.ts';
import { authorization, type ProxmoxOptions } from '../options.ts';
import type { Answered } from './answer.ts';
import { buildCall, type Call } from './call.ts';
import { createConnector } from './connector.ts';
import { createEndpoint, dueForProbe, type Endpoint, inOrder, markBad, markGood } from './endpoints.ts';
import { type Exchange, exchange, type Outgoing } from './exchange.ts';
import { isHostAtFault, judge, summarise, type Verdict } from './verdict.ts';

/** What is known of a host. `problem`: why it is passed over, until `retryAt`; null: it is in use. */
export type HostState = { host: string; problem: string | null; retryAt: Date | null };

export type Transport = {
  /** Gets an answer from whichever host gives one. Throws `ProxmoxError`. */
  ask: (call: Call) => Promise<Answered>;
  hosts: () => HostState[];
  /** Waits for running calls. */
  close: () => Promise<void>;
};

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_CONCURRENCY = 4;
/** A host that does not even accept a connection must leave time for the next one. */
const CONNECT_SHARE = 1 / 3;

/** Several hosts as one: the call goes to the first that works, see `judge` for when it may go on to the next. */
export const createTransport = (options: ProxmoxOptions): Transport => {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const endpoints = openEndpoints(options, timeoutMs * CONNECT_SHARE);
  const tryHost = createTryHost(createAttempt(options));

  /** Looks after hosts that were given up on, beside the caller's request and never in its way. */
  const probeDue = (): void => {
    for (const endpoint of dueForProbe(endpoints, Date.now())) {
      markBad(endpoint, endpoint.problem ?? '', Date.now());
      void tryHost(endpoint, buildCall('GET', '/version'), Date.now() + timeoutMs);
    }
  };

  const ask = async (call: Call): Promise<Answered> => {
    const deadline = Date.now() + timeoutMs;
    probeDue();
    const failures: ProxmoxError[] = [];
    for (const endpoint of inOrder(endpoints)) {
      const verdict = await tryHost(endpoint, call, deadline);
      if ('answered' in verdict) return verdict.answered;
      const lastChance = failures.at(-1)?.kind === 'node-unreachable';
      failures.push(verdict.error);
      if (verdict.next === 'none' || lastChance) break;
    }
    const [first, ...rest] = failures;
    if (first === undefined) throw new TypeError('at least one Proxmox host is needed');
    throw summarise([first, ...rest]);
  };

  return {
    ask,
    hosts: () => endpoints.map(stateOf),
    close: async () => {
      await Promise.all(endpoints.flatMap(({ reads, writes }) => [reads.close(), writes.close()]));
    },
  };
};

type On<T> = (endpoint: Endpoint, call: Call, deadline: number) => Promise<T>;

/**
 * Asks one host and remembers how it did. A GET whose connection broke is asked once more: most likely the host closed a
 * kept connection just then.
 */
const createTryHost =
  (attempt: On<Exchange>): On<Verdict> =>
  async (endpoint, call, deadline) => {
    const first = await attempt(endpoint, call, deadline);
    const result = first.type === 'broken' && call.method === 'GET' ? await attempt(endpoint, call, deadline) : first;
    const verdict = judge(result, call, endpoint.name);
    if (result.type === 'answer') markGood(endpoint);
    else if (isHostAtFault(result, call) && 'error' in verdict) markBad(endpoint, verdict.error.reason, Date.now());
    return verdict;
  };

const openEndpoints = (options: ProxmoxOptions, connectMs: number): Endpoint[] => {
  if (options.hosts.length === 0) throw new TypeError('at least one Proxmox host is needed');
  const concurrency = options.concurrencyPerHost ?? DEFAULT_CONCURRENCY;
  const connect = createConnector(options.tls, connectMs);
  return options.hosts.map((host) => createEndpoint(host, connect, concurrency));
};

/** One exchange in one of the host's slots, reported and with the secret taken out of whatever the host may echo. */
const createAttempt = ({ tokenId, tokenSecret, onRequest }: ProxmoxOptions): On<Exchange> => {
  const headers = { authorization: authorization(tokenId, tokenSecret), accept: 'application/json' };
  const hide = (text: string) => text.replaceAll(tokenSecret, '***').replaceAll(encodeURIComponent(tokenSecret), '***');
  return async (endpoint, call, deadline) => {
    const left = () => deadline - Date.now();
    const release = left() > 0 ? await endpoint.slots.acquire(left()) : null;
    if (release === null) return { type: 'timeout', sent: false };
    const startedAt = performance.now();
    const pool = call.method === 'GET' ? endpoint.reads : endpoint.writes;
    const result = await exchange(pool, outgoing(call, headers), Math.max(1, left()));
    release();
    const status = result.type === 'answer' ? result.status : null;
    const ms = performance.now() - startedAt;
    onRequest?.({ method: call.method, path: call.template, host: endpoint.name, status, ms });
    if (result.type !== 'answer' || result.status === 200) return result;
    return { ...result, reason: hide(result.reason), body: hide(result.body) };
  };
};

const outgoing = (call: Call, headers: Record<string, string>): Outgoing => ({
  method: call.method,
  path: `/api2/json${call.path}${call.query === '' ? '' : `?${call.query}`}`,
  headers: call.form === null ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
  body: call.form,
});

const stateOf = ({ name, failures, problem, retryAt }: Endpoint): HostState =>
  failures === 0 ? { host: name, problem: null, retryAt: null } : { host: name, problem, retryAt: new Date(retryAt) };
