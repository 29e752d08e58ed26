import { z } from 'zod';
import { answer, type Env, KitEnv, readEnv, run } from '../../src/index.ts';
import { Add, Counted } from './contracts.ts';

/** A service as small as can be, to be run as a process: answers, subscribes, and is slow to close when told so. */
const TinyEnv = KitEnv.extend({
  TINY_LIMIT: z.string().regex(/^\d+$/, 'must be a number'),
  TINY_CLOSING: z.enum(['quick', 'never']).default('quick'),
});

await run(
  'recommender',
  (env: Env) => readEnv(TinyEnv, env),
  async (scope, kit, config) => {
    scope.use('slow', () => (config.TINY_CLOSING === 'never' ? new Promise(() => {}) : undefined));
    const counted = kit.metrics.counter('tiny_counted_total', 'Events seen');
    await kit.bus.subscribe(Counted, async () => counted.inc());
    scope.use(await kit.bus.serve([answer(Add, async ({ a, b }) => ({ sum: a + b }))]), (stop) => stop());
  },
);
