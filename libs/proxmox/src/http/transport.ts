import { isProxmoxError, type ProxmoxError } from '../errors.ts';
import { authOf, type ProxmoxAuthOptions, type ProxmoxOptions } from '../options.ts';
import type { Answered } from './answer.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import { buildCall, type Call, isRepeatable } from './call.ts';
import { createConnector } from './connector.ts';
import { createEndpoint, dueForProbe, type Endpoint, inOrder, markBad, markGood } from './endpoints.ts';
import { createLogIn } from './log-in.ts';
import { createSession, type Pass } from './session.ts';
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
export const createTransport = (options: ProxmoxOptions | ProxmoxAuthOptions): Transport => {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const endpoints = openEndpoints(options, timeoutMs * CONNECT_SHARE);
  const tryHost = createTryHost(createAttempt(options.onRequest));

  const askHosts = async (call: Call, pass: Pass, deadline: number): Promise<Answered> => {
    const failures: ProxmoxError[] = [];
    for (const endpoint of inOrder(endpoints)) {
      const verdict = await tryHost(endpoint, call, pass, deadline);
      if ('answered' in verdict) return verdict.answered;
      const lastChance = failures.at(-1)?.kind === 'node-unreachable';
      failures.push(verdict.error);
      if (verdict.next === 'none' || lastChance) break;
    }
    const [first, ...rest] = failures;
    if (first === undefined) throw new TypeError('at least one Proxmox host is needed');
    throw summarise([first, ...rest]);
  };

  const session = createSession(authOf(options), createLogIn(askHosts));

  /** Looks after hosts that were given up on, beside the caller's request and never in its way. */
  const probeDue = (): void => {
    for (const endpoint of dueForProbe(endpoints, Date.now())) {
      markBad(endpoint, endpoint.problem ?? '', Date.now());
      void tryHost(endpoint, buildCall('GET', '/version'), session.current(), Date.now() + timeoutMs);
    }
  };

  /** A pass that ran out is a matter between Proxmox and us: the call, which was not looked at, is made again. */
  const ask = async (call: Call): Promise<Answered> => {
    const deadline = Date.now() + timeoutMs;
    probeDue();
    const pass = await session.pass(deadline);
    try {
      return await askHosts(call, pass, deadline);
    } catch (error) {
      if (!isProxmoxError(error, 'authentication') || !session.refused(pass)) throw error;
      return askHosts(call, await session.pass(deadline), deadline);
    }
  };

  return {
    ask,
    hosts: () => endpoints.map(stateOf),
    close: async () => {
      await Promise.all(endpoints.flatMap(({ kept, fresh }) => [kept.close(), fresh.close()]));
    },
  };
};

/**
 * Asks one host and remembers how it did. What may be repeated is asked once more when its connection broke, this time on
 * a new one: most likely the host closed a kept connection just then, and its other kept ones with it.
 */
const createTryHost =
  (attempt: Attempt) =>
  async (endpoint: Endpoint, call: Call, pass: Pass, deadline: number): Promise<Verdict> => {
    const first = await attempt(endpoint, call, pass, deadline);
    const again = first.type === 'broken' && isRepeatable(call);
    const result = again ? await attempt(endpoint, call, pass, deadline, true) : first;
    const verdict = judge(result, call, endpoint.name);
    if (result.type === 'answer') markGood(endpoint);
    else if (isHostAtFault(result, call) && 'error' in verdict) markBad(endpoint, verdict.error.reason, Date.now());
    return verdict;
  };

const openEndpoints = (options: ProxmoxOptions | ProxmoxAuthOptions, connectMs: number): Endpoint[] => {
  if (options.hosts.length === 0) throw new TypeError('at least one Proxmox host is needed');
  const concurrency = options.concurrencyPerHost ?? DEFAULT_CONCURRENCY;
  const connect = createConnector(options.tls, connectMs);
  return options.hosts.map((host) => createEndpoint(host, connect, concurrency));
};

const stateOf = ({ name, failures, problem, retryAt }: Endpoint): HostState =>
  failures === 0 ? { host: name, problem: null, retryAt: null } : { host: name, problem, retryAt: new Date(retryAt) };
