import type { TaskStatus } from '@proxbalance/contracts';
import { migrationProgress, type Proxmox } from '@proxbalance/proxmox';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { checkTaskNode, taskRefused } from './task-node.ts';

const gib = 2 ** 30;

/** How a task stands, from Proxmox itself; migrations with their progress. */
export const readTask =
  (deps: Deps) =>
  async ({ node, upid }: { node: string; upid: string }): Promise<z.output<typeof TaskStatus>> => {
    const proxmox = deps.link.get();
    await checkTaskNode(proxmox, node, upid);
    const status = await proxmox.taskStatus(upid).catch((error: unknown) => taskRefused(proxmox, error, upid));
    // How far it got is more than was promised: a log that can't be read does not hide how the task stands.
    const progress = await readProgress(proxmox, upid).catch(() => undefined);
    return {
      status: status.running ? 'running' : 'stopped',
      exitstatus: status.exitStatus ?? 'unknown',
      node,
      taskid: upid,
      ...(progress ? { progress } : {}),
    };
  };

async function readProgress(proxmox: Proxmox, upid: string): Promise<z.output<typeof TaskStatus>['progress']> {
  const { lines } = await proxmox.taskLog(upid, { start: 0, limit: 0 });
  const { percentage, transferredBytes, totalBytes } = migrationProgress().feed(lines);
  if (percentage === null) return undefined;
  const transferred = Math.round((100 * transferredBytes) / gib) / 100;
  const total = Math.round((100 * totalBytes) / gib) / 100;
  return {
    transferred_gib: transferred,
    total_gib: total,
    percentage,
    human_readable: `${transferred} of ${total} GiB`,
  };
}
