import type { Migration } from '@proxbalance/contracts';
import type { Message } from './message.ts';

type Text = Omit<Message, 'event'>;

/** What is said of a migration that ended. */
export function composeMigration(migration: Migration): Text {
  const { type, vmid, name, source_node, target_node, state, error, final_node, trigger, requested_by } = migration;
  const failed = state === 'failed';
  const lines = [
    `Guest: ${name} (${type} ${vmid})`,
    `From ${source_node} to ${target_node}`,
    `Now on: ${final_node ?? 'unknown'}`,
    `Asked for by: ${requested_by} (${trigger})`,
    ...(migration.started_at && migration.finished_at
      ? [`Took: ${seconds(migration.started_at, migration.finished_at)} s`]
      : []),
    ...(failed && error ? [`Reason: ${error.message}`] : []),
    ...(migration.warnings && !failed ? ['Proxmox reported warnings'] : []),
  ];
  return {
    title: `Migration ${state}: ${name} (${vmid})`,
    body: lines.join('\n'),
    priority: failed ? 'high' : 'normal',
  };
}

export function composeNodeStatus(change: { node: string; status: string; previous_status: string }): Text {
  const isUp = change.status === 'online';
  return {
    title: `Node ${change.node} is ${change.status}`,
    body: `Node: ${change.node}\nBefore: ${change.previous_status}\nNow: ${change.status}`,
    priority: isUp ? 'normal' : 'emergency',
  };
}

export function composeCollectionFailed(failure: { reason: string; last_collected_at: string | null }): Text {
  return {
    title: 'The cluster cannot be read',
    body: `Reason: ${failure.reason}\nLast snapshot: ${failure.last_collected_at ?? 'none'}`,
    priority: 'high',
  };
}

const seconds = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 1000);
