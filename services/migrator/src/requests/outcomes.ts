import { ReadOutcomes, RefreshOutcomes } from '@proxbalance/contracts';
import { outcomeStatistics } from '@proxbalance/engine';
import { answer } from '@proxbalance/service-kit';
import { advance, type OutcomeDeps } from '../outcomes/advance.ts';
import { brokerDown } from './refusals.ts';

/** What the migrator is asked about past moves. */
export const outcomeHandlers = (deps: OutcomeDeps) => [
  answer(ReadOutcomes, async ({ vmid, limit, offset }) => {
    const records = await deps.store.all().catch(brokerDown);
    const all = records.map(({ outcome }) => outcome).filter((one) => vmid === undefined || one.vmid === vmid);
    return {
      outcomes: all.slice(offset, offset + limit),
      total: all.length,
      statistics: outcomeStatistics(all),
    };
  }),
  answer(RefreshOutcomes, () => refresh(deps)),
];

/** One after the other, and no further once Proxmox does not answer: the next would only wait as long. */
async function refresh(deps: OutcomeDeps): Promise<{ updated: number; skipped: number; error: string | null }> {
  const ids = await deps.store.pending().catch(brokerDown);
  let updated = 0;
  let error: string | null = null;
  for (const id of ids) {
    if (error) break;
    const further = () => advance(deps, id).catch(brokerDown);
    let advanced = await further();
    if (advanced.kind === 'told') advanced = await further();
    if (advanced.kind === 'looked') {
      updated++;
      await further();
    }
    if (advanced.kind === 'trouble') error = advanced.reason;
  }
  return { updated, skipped: ids.length - updated, error };
}
