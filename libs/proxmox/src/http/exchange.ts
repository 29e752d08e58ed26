import type { Dispatcher, Pool } from 'undici';

/** Everything one attempt to get an answer can come to. `sent`: at least the first byte may have left this machine. */
export type Exchange =
  | { type: 'answer'; status: number; reason: string; body: string }
  | { type: 'not-sent'; cause: Error }
  | { type: 'broken'; cause: Error }
  | { type: 'timeout'; sent: boolean };

export type Outgoing = Pick<Dispatcher.DispatchOptions, 'method' | 'path'> & {
  headers: Record<string, string>;
  body: string | null;
};

/** One request on one pool, within `ms`. Never throws. Uses `dispatch` because only it tells when the request is written. */
export const exchange = (pool: Pool, outgoing: Outgoing, ms: number): Promise<Exchange> =>
  new Promise((resolve) => {
    let sent = false;
    let done = false;
    let control: Dispatcher.DispatchController | undefined;
    const settle = (result: Exchange) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => {
      settle({ type: 'timeout', sent });
      control?.abort(new Error('out of time'));
    }, ms);
    const answer = { status: 0, reason: '' };
    const chunks: Buffer[] = [];
    pool.dispatch(
      { ...outgoing, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(controller) {
          control = controller;
          if (done) controller.abort(new Error('out of time'));
          else sent = true;
        },
        onResponseStart(_controller, status, _headers, reason) {
          Object.assign(answer, { status, reason: reason ?? '' });
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          settle({ type: 'answer', ...answer, body: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError(_controller, cause) {
          settle({ type: sent ? 'broken' : 'not-sent', cause });
        },
      },
    );
  });
