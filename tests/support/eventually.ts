import { vi } from 'vitest';

/** How much longer a test waits than a quiet machine needs. Whatever comes in time is not waited for. */
const patience = 4;

/** Looks until `check` passes, and gives what it returned; the last failure is what a test that waited in vain shows. */
export const eventually = <T>(check: () => T | Promise<T>, { withinMs = 10_000 } = {}): Promise<T> =>
  vi.waitFor(check, { timeout: patience * withinMs, interval: 40 });
