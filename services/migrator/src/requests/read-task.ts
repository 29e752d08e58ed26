import { RefusedError, type TaskStatus } from '@proxbalance/contracts';
import { isProxmoxError, migrationProgress, type Proxmox, parseUpid, upidNode } from '@proxbalance/proxmox';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { invalid, proxmoxRefused } from './refusals.ts';

const gib = 2 ** 30;

/** How a task stands, from Proxmox itself; migrations with their progress. */
export const readTask =
  (deps: Deps) =>
  async ({ node, upid }: { node: string; upid: string }): Promise<z.output<typeof TaskStatus>> => {
    if (!parseUpid(upid)) throw invalid('taskid', 'must be a UPID');
    if (upidNode(upid) !== node) {
      throw new RefusedError('invalid-input', `the task belongs to node ${upidNode(upid)}`, [
        { path: 'node', message: 'must be the node in the UPID' },
      ]);
    }
    const proxmox = deps.link.get();
    const status = await proxmox.taskStatus(upid).catch((error: unknown) => explain(proxmox, error, node, upid));
    const progress = await readProgress(proxmox, upid);
    return {
      status: status.running ? 'running' : 'stopped',
      exitstatus: status.exitStatus ?? 'unknown',
      node,
      taskid: upid,
      ...(progress ? { progress } : {}),
    };
  };

async function explain(proxmox: Proxmox, error: unknown, node: string, upid: string): Promise<never> {
  if (!isProxmoxError(error)) throw error;
  if (error.fields?.upid) throw new RefusedError('task-not-found', `Proxmox does not know task ${upid}`);
  const { nodes } = await proxmox.clusterResources().catch(proxmoxRefused);
  if (!nodes.some((row) => row.name === node))
    throw new RefusedError('node-not-found', `no node ${node} in the cluster`);
  return proxmoxRefused(error);
}

async function readProgress(proxmox: Proxmox, upid: string): Promise<z.output<typeof TaskStatus>['progress']> {
  const { lines } = await proxmox.taskLog(upid, { start: 0, limit: 0 }).catch(proxmoxRefused);
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
