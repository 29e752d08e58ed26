import { RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox, upidNode } from '@proxbalance/proxmox';
import { invalid, proxmoxRefused } from './refusals.ts';

/** Refuses what is no UPID, a node that is not there, and a task of another node than the one asked for. */
export async function checkTaskNode(proxmox: Proxmox, node: string, upid: string): Promise<void> {
  const actual = upidNode(upid);
  if (actual === null) throw invalid('taskid', 'must be a UPID');
  if (actual === node) return;
  await refuseUnknownNodes(proxmox, [node, actual]);
  throw invalid('node', `must be the node in the UPID: ${actual}`);
}

/** Why nothing is to be had of a task. A node that is not there is, to Proxmox, a host name that it could not look up. */
export async function taskRefused(proxmox: Proxmox, error: unknown, upid: string): Promise<never> {
  if (!isProxmoxError(error)) throw error;
  if (error.fields?.upid) throw new RefusedError('task-not-found', `Proxmox does not know task ${upid}`);
  await refuseUnknownNodes(proxmox, [upidNode(upid) ?? '']);
  return proxmoxRefused(error);
}

async function refuseUnknownNodes(proxmox: Proxmox, names: readonly string[]): Promise<void> {
  const { nodes } = await proxmox.clusterResources().catch(proxmoxRefused);
  const unknown = names.find((name) => !nodes.some((row) => row.name === name));
  if (unknown !== undefined) throw new RefusedError('node-not-found', `no node ${unknown} in the cluster`);
}
