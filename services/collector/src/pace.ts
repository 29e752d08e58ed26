import type { Settings } from '@proxbalance/contracts';

/** How often and how hard that is read which changes slowly, as the settings say. */
export type Pace = {
  /** Nothing of it is older than this, milliseconds. */
  refreshMs: number;
  /** Guests, or nodes, that are asked about at once. */
  workers: number;
};

type Saved = Pick<Settings, 'collection_interval_minutes'> & {
  collection_optimization: Pick<
    Settings['collection_optimization'],
    'parallel_collection_enabled' | 'max_parallel_workers'
  >;
};

export const paceOf = ({ collection_interval_minutes: minutes, collection_optimization: saved }: Saved): Pace => ({
  refreshMs: minutes * 60_000,
  workers: saved.parallel_collection_enabled ? saved.max_parallel_workers : 1,
});

/** Does `work` for each of `items`, `workers` of them at once, until the end or `signal`. Takes them out of the list. */
export async function inParallel<T>(
  items: T[],
  workers: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (let item = items.shift(); item !== undefined && !signal.aborted; item = items.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
