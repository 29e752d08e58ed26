import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or ends early when the signal aborts. Never throws: callers look at the signal. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { ...(signal ? { signal } : {}), ref: true }).catch(() => undefined);
}
