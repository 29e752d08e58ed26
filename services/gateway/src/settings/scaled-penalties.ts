import { defaultPenalties, type PenaltyConfig } from '@proxbalance/contracts';

type Scale = (points: number) => number;
type Scales = { cpu?: Scale; mem?: Scale; iowait?: Scale };

/**
 * The default penalties of some resources, scaled: current, sustained, rising, spikes, after the move, overcommitted.
 * Offsets, boosts, limits and switches are no penalties.
 */
export function scaledPenalties(scales: Scales): Partial<PenaltyConfig> {
  const entries = Object.entries(defaultPenalties()).flatMap(([key, value]) => {
    const resource = resourceOf(key);
    const scale = resource && scales[resource];
    return scale && typeof value === 'number' ? [[key, scale(value)]] : [];
  });
  return Object.fromEntries(entries) as Partial<PenaltyConfig>;
}

function resourceOf(key: string): keyof Scales | undefined {
  if (!/_penalty$|_sustained_|_spike_/.test(key)) return undefined;
  return /^(?:predicted_)?(cpu|mem|iowait)_/.exec(key)?.[1] as keyof Scales | undefined;
}
