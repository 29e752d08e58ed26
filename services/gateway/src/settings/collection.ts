import { type PostCollectionSettings, RefusedError } from '@proxbalance/contracts';
import type { z } from 'zod';

type Asked = z.output<NonNullable<typeof PostCollectionSettings.body>>;
type Preset = { minutes: number; workers: number; nodeSeries: 'hour' | 'day' };

/** Up to 30 guests, up to 100, more. */
const presets: Record<string, Preset | undefined> = {
  small: { minutes: 5, workers: 3, nodeSeries: 'day' },
  medium: { minutes: 15, workers: 5, nodeSeries: 'day' },
  large: { minutes: 30, workers: 8, nodeSeries: 'hour' },
};

/** What to save. A named size fills in what is not said; `custom` leaves it as it is. */
export function collectionPatch(asked: Asked): Record<string, unknown> {
  const { collection_optimization: given = {}, collection_interval_minutes, max_parallel_workers: workers } = asked;
  if (workers !== undefined && given.max_parallel_workers !== undefined && workers !== given.max_parallel_workers)
    throw contradiction();
  const preset = presets[given.cluster_size ?? 'custom'];
  const minutes = collection_interval_minutes ?? preset?.minutes;
  const optimization = {
    ...(preset ? { max_parallel_workers: preset.workers, node_rrd_timeframe: preset.nodeSeries } : {}),
    ...given,
    ...(workers === undefined ? {} : { max_parallel_workers: workers }),
  };
  return {
    ...(minutes === undefined ? {} : { collection_interval_minutes: minutes }),
    ...(Object.keys(optimization).length === 0 ? {} : { collection_optimization: optimization }),
  };
}

function contradiction(): RefusedError {
  const message = 'is given twice, with different values';
  return new RefusedError('invalid-input', `max_parallel_workers ${message}`, [
    { path: 'max_parallel_workers', message },
  ]);
}
