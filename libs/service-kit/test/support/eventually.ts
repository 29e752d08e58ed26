import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats `check` until it no longer throws; then gives what it returned, or throws its last error when time is up. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
