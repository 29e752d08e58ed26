import { vi } from 'vitest';

/** Looks until `check` passes, and gives what it returned; the last failure is what a test that waited in vain shows. */
export const eventually = <T>(check: () => T | Promise<T>, { withinMs = 10_000 } = {}): Promise<T> =>
  vi.waitFor(check, { timeout: withinMs, interval: 40 });
