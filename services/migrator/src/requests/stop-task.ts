import { parseUpid } from '@proxbalance/proxmox';
import type { Deps } from '../deps.ts';
import { migrationTypes } from '../steps/guest-tasks.ts';
import { cancelMigration } from './cancel.ts';
import { invalid } from './refusals.ts';
import { checkTaskNode } from './task-node.ts';

/** Stops a running migration task, ours or another's; for ours that is the same as calling the move off. */
export const stopTask = (deps: Deps) => {
  const cancel = cancelMigration(deps);
  return async ({ node, upid }: { node: string; upid: string }): Promise<{ message: string }> => {
    await checkTaskNode(deps.link.get(), node, upid);
    const type = parseUpid(upid)?.type ?? '';
    if (!migrationTypes.includes(type)) throw invalid('taskid', `task type ${type} is not a migration`);
    const { message } = await cancel({ id: upid });
    return { message };
  };
};
