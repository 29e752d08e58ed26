import { type Generation, RecommendationsGenerated } from '@proxbalance/contracts';
import { type Kit, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { openInProcess, testEnv } from '../../../../tests/support/in-process.ts';
import { openRecommender } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

/** What a recommender has around it: somebody who takes snapshots and hears what is told. What is opened goes with `stack`. */
export type Outside = {
  stack: AsyncDisposableStack;
  env: ReturnType<typeof testEnv>;
  outside: Kit;
  told: Generation[];
};

export async function openOutside(): Promise<Outside> {
  const stack = new AsyncDisposableStack();
  const env = testEnv();
  const scope = openScope();
  stack.defer(() => scope.close());
  const outside = await openKit(scope, await openProcess(scope, readConfig(env), 'collector'), 'collector');
  const told: Generation[] = [];
  outside.bus.observe(RecommendationsGenerated, ({ data }) => void told.push(data));
  return { stack, env, outside, told };
}

export const startRecommender = async ({ stack, env }: Pick<Outside, 'stack' | 'env'>) =>
  stack.use(await openInProcess(env, 'recommender', readConfig, openRecommender));
