import type { Guest } from '@proxbalance/contracts';
import type { ConfigFacts } from '@proxbalance/proxmox';
import { deriveGuest } from './guest.ts';
import type { HaKnowledge } from './ha-knowledge.ts';
import type { ReadTags, Sample } from './snapshot.ts';
import { surroundingsOf } from './surroundings.ts';

/** A configuration is read again within half an hour. What could not be for this long may no longer be so. */
const configMaxAgeMs = 2 * 60 * 60_000;

/** All guests of a sample: each row with what is known of it elsewhere. */
export function deriveGuests(sample: Sample, ha: HaKnowledge): Guest[] {
  const shared = new Map(sample.resources.value.storages.map((row) => [row.storage, row.shared]));
  const isShared = (storage: string) => shared.get(storage);
  const uncovered = sample.uncovered ? new Set(sample.uncovered.value.map(({ vmid }) => vmid)) : null;
  const around = surroundingsOf(sample);
  const oldBefore = new Date(Date.parse(sample.resources.readAt) - configMaxAgeMs).toISOString();
  const configOf = (vmid: number) => {
    const known = sample.configs.get(vmid);
    return known ? { ...known, isOld: known.readAt < oldBefore } : null;
  };
  return sample.resources.value.guests.map((row) =>
    deriveGuest(row, {
      config: configOf(row.vmid),
      rates: sample.rates.get(row.vmid) ?? null,
      ha,
      isShared,
      tags: newestTags(sample.freshTags.get(row.vmid), sample.configs.get(row.vmid)),
      hasBackup: uncovered ? !uncovered.has(row.vmid) : null,
      pressure: sample.nodeFacts.pressures.get(row.vmid) ?? null,
      around: around(row.node),
    }),
  );
}

type KnownConfig = { facts: ConfigFacts; readAt: string };

/**
 * Tags that were read for an edit or a look are newer than the row, until a change of the row had the configuration read
 * anew: then somebody else has edited since. undefined: the row has them.
 */
function newestTags(fresh: ReadTags | undefined, config: KnownConfig | undefined): readonly string[] | undefined {
  if (!fresh) return undefined;
  const later = config && Date.parse(config.readAt) > fresh.readAt ? config.facts.tags : undefined;
  return later ?? fresh.tags;
}
