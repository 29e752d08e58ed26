import type { Change, SkippedGuest } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { dropTags } from '../filters/target/anti-affinity.ts';
import type { Problem } from '../recommend/problem.ts';
import { isIoStressed } from '../state/pressure.ts';

type Reason = SkippedGuest['reason'];

/** The smallest change after which a guest filter would not keep the guest where it is. */
export const guestChange = (reason: Reason, placed: Placed, problem: Problem): Change => {
  if (reason === 'has_ignore_tag') return dropTags(['ignore']);
  if (reason === 'source_memory_healthy') return busierSource(placed, problem);
  return { ...changes[reason], text: changes[reason].text.replace('{node}', placed.source.name) };
};

const changes: Record<Reason, Change> = {
  has_ignore_tag: { kind: 'drop-tag', text: 'drop tag ignore' },
  unknown_state: { kind: 'make-readable', text: 'let everything about the guest be read' },
  ha_managed: { kind: 'change-guest', text: 'take the guest out of HA, or put {node} into maintenance' },
  stopped: { kind: 'start-guest', text: 'start the guest, or put {node} into maintenance' },
  template: { kind: 'none', text: 'nothing: templates stay' },
  locked: { kind: 'wait', text: 'wait until the lock is gone' },
  migrating: { kind: 'wait', text: 'wait until the move has ended' },
  passthrough_disk: { kind: 'change-guest', text: 'detach the disks of the host' },
  passthrough_device: { kind: 'change-guest', text: 'detach the devices of the host' },
  unshared_bind_mount: {
    kind: 'change-guest',
    text: 'share the mounted folders between nodes, or put {node} into maintenance',
  },
  local_cdrom: { kind: 'change-guest', text: 'eject the CD-ROM image' },
  local_storage: { kind: 'change-guest', text: 'move its disks to shared storage' },
  local_snapshot: { kind: 'change-guest', text: 'delete the snapshots on local storage' },
  linked_clone: { kind: 'change-guest', text: 'make it a full clone' },
  ha_hold: { kind: 'change-guest', text: 'change the HA rule that holds it' },
  seasonal_baseline: {
    kind: 'set-setting',
    setting: 'penalty_scoring.seasonal_baseline.enabled',
    text: 'switch the seasonal baseline off',
  },
  source_memory_healthy: { kind: 'none', text: '' },
  insufficient_improvement: { kind: 'none', text: '' },
  no_suitable_target: { kind: 'none', text: '' },
};

/** The threshold that is nearest to the load of the node, brought down to it. */
const busierSource = ({ source }: Placed, problem: Problem): Change => {
  const { current_cpu: cpu, current_mem: mem } = source.node.metrics;
  if (isIoStressed(source, problem)) return { kind: 'none', text: 'nothing: others on its node make the I/O wait' };
  const { cpu_threshold: cpuLimit } = problem.thresholds;
  const { source_mem_migration_floor: memLimit } = problem.config;
  const isCpu = cpuLimit - cpu <= memLimit - mem;
  const [load, limit, word] = isCpu ? [cpu, cpuLimit, 'CPU'] : [mem, memLimit, 'memory'];
  const setting = isCpu ? 'recommendation_thresholds.cpu_threshold' : 'penalty_scoring.source_mem_migration_floor';
  const amount = Math.floor(10 * load) / 10;
  const missing = (limit - load).toFixed(1);
  const text = `${missing} points more ${word} on ${source.name}, or ${setting} at ${amount} or less (now ${limit})`;
  return { kind: 'set-setting', setting, node: source.name, amount, unit: 'percent', text };
};
