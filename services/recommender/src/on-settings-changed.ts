import type { ClusterSnapshot, SettingsChanged } from '@proxbalance/contracts';
import { pause } from '@proxbalance/service-kit';
import type { z } from 'zod';
import type { Generations } from './generations.ts';

type Deps = {
  /** Of the settings in force here. */
  revision: () => number;
  current: () => ClusterSnapshot | null | undefined;
  generations: Pick<Generations, 'due'>;
  judgeAnew: () => void;
};

/** How long the changed settings themselves may take, which come another way than the news of them. */
const arrivalMaxMs = 2000;

/** Judges the latest snapshot again where the changed settings matter to it, without waiting for the next one. */
export const onSettingsChanged =
  ({ revision, current, generations, judgeAnew }: Deps) =>
  async ({ data }: { data: z.output<typeof SettingsChanged.schema> }): Promise<void> => {
    const deadline = performance.now() + arrivalMaxMs;
    while (revision() < data.revision && performance.now() < deadline) await pause(10);
    const snapshot = current();
    if (snapshot && generations.due(snapshot)) judgeAnew();
  };
