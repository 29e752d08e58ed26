import fc from 'fast-check';
import { vi } from 'vitest';
import { isHunt, runs } from './support/properties.ts';

/* A change is red for what it does, not for what was drawn: everybody's cases are the same unless they hunt for others. */
fc.configureGlobal({ numRuns: runs(100), ...(isHunt ? {} : { seed: 20_260_208 }) });
if (isHunt) vi.setConfig({ testTimeout: 3_600_000 });
