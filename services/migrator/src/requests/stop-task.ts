import { upidNode } from '@proxbalance/proxmox';
import type { Deps } from '../deps.ts';
import { cancelMigration } from './cancel.ts';
import { invalid } from './refusals.ts';

/** Stops a running migration task, ours or another's; for ours that is the same as calling the move off. */
export const stopTask = (deps: Deps) => {
  const cancel = cancelMigration(deps);
  return async ({ node, upid }: { node: string; upid: string }): Promise<{ message: string }> => {
    if (upidNode(upid) !== node) throw invalid('node', 'must be the node in the UPID');
    const { message } = await cancel({ id: upid });
    return { message };
  };
};
