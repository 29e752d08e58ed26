import type { RequestInfo } from '../options.ts';
import { type Call, isRepeatable } from './call.ts';
import type { Endpoint } from './endpoints.ts';
import { type Exchange, exchange, type Outgoing } from './exchange.ts';
import type { Pass } from './session.ts';

/** One call on one host. `fresh`: on a connection of its own, whatever the call is. */
export type Attempt = (
  endpoint: Endpoint,
  call: Call,
  pass: Pass,
  deadline: number,
  fresh?: boolean,
) => Promise<Exchange>;

/** One exchange in one of the host's slots, reported and with the secrets taken out of whatever the host may echo. */
export const createAttempt =
  (onRequest: ((info: RequestInfo) => void) | undefined): Attempt =>
  async (endpoint, call, pass, deadline, fresh = !isRepeatable(call)) => {
    const left = () => deadline - Date.now();
    const release = left() > 0 ? await endpoint.slots.acquire(left()) : null;
    if (release === null) return { type: 'timeout', sent: false };
    const startedAt = performance.now();
    const result = await exchange(fresh ? endpoint.fresh : endpoint.kept, outgoing(call, pass), Math.max(1, left()));
    release();
    const status = result.type === 'answer' ? result.status : null;
    const ms = performance.now() - startedAt;
    onRequest?.({ method: call.method, path: call.template, host: endpoint.name, status, ms });
    if (result.type !== 'answer' || result.status === 200) return result;
    return { ...result, reason: hide(result.reason, pass), body: hide(result.body, pass) };
  };

const outgoing = (call: Call, { headers, csrf }: Pass): Outgoing => ({
  method: call.method,
  path: `/api2/json${call.path}${call.query === '' ? '' : `?${call.query}`}`,
  headers: {
    ...headers,
    accept: 'application/json',
    ...(csrf !== null && call.method !== 'GET' ? { csrfpreventiontoken: csrf } : {}),
    ...(call.form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  body: call.form,
});

/** In every spelling a host may give them back: as they are, in JSON, in a URL, in a form. */
const hide = (text: string, { secrets }: Pass): string =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), inForm(secret)])
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

const inForm = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
