import type { ClusterSnapshot, Guest, Node, PenaltyConfig } from '@proxbalance/contracts';
import { blendedLoad } from '@proxbalance/engine';

/** Load of a node as it is judged, percent: blended CPU and I/O wait, current memory. */
export type NodeLoad = { cpu: number; mem: number; iowait: number };

/**
 * What a judgement depends on, small enough to be kept: a text for each kind of fact, equal when the facts are, and the load
 * of each node. Times, uptimes, names, words and the load of single guests are left out: they decide nothing by themselves.
 */
export type Fingerprint = {
  placement: string;
  status: string;
  tags: string;
  configuration: string;
  rules: string;
  load: Readonly<Record<string, NodeLoad>>;
};

export function fingerprintOf(snapshot: ClusterSnapshot, config: PenaltyConfig): Fingerprint {
  const [placement, status, tags, configuration] = [openHash(), openHash(), openHash(), openHash()];
  const load: Record<string, NodeLoad> = {};
  for (const [name, node] of Object.entries(snapshot.nodes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    load[name] = blendedLoad(node, config);
    status.add(statusOfNode(node));
    configuration.add(configurationOfNode(node));
  }
  for (const guest of Object.values(snapshot.guests).sort((a, b) => a.vmid - b.vmid)) {
    placement.add(`${guest.vmid} ${guest.node}`);
    status.add(statusOf(guest));
    tags.add(`${guest.vmid} ${guest.tags?.all_tags.join(' ') ?? '?'}`);
    configuration.add(configurationOf(guest));
  }
  for (const move of runningMoves(snapshot)) placement.add(move);
  return {
    placement: placement.text(),
    status: status.text(),
    tags: tags.text(),
    configuration: configuration.text(),
    rules: JSON.stringify([snapshot.ha_rules, snapshot.pve_crs, snapshot.cluster_health.quorate, snapshot.unknown]),
    load,
  };
}

export type Fingerprints = {
  /** Worked out once for each snapshot object. */
  of(snapshot: ClusterSnapshot): Fingerprint;
  /** That of a snapshot seen lately, by its id. */
  known(snapshotId: string): Fingerprint | null;
};

const keptMax = 5;

export function openFingerprints(config: () => PenaltyConfig): Fingerprints {
  const made = new WeakMap<ClusterSnapshot, Fingerprint>();
  const lately = new Map<string, Fingerprint>();
  return {
    of(snapshot) {
      const own = made.get(snapshot) ?? fingerprintOf(snapshot, config());
      made.set(snapshot, own);
      lately.delete(snapshot.snapshot_id);
      lately.set(snapshot.snapshot_id, own);
      const oldest = lately.keys().next();
      if (lately.size > keptMax && !oldest.done) lately.delete(oldest.value);
      return own;
    },
    known: (snapshotId) => lately.get(snapshotId) ?? null,
  };
}

const statusOf = ({ vmid, status, lock, ha_managed, ha_state, movable, unknown }: Guest): string => {
  const why = movable.reasons.map(({ code }) => code).join(' ');
  return `${vmid} ${status} ${lock} ${ha_managed} ${ha_state} ${movable.online} ${movable.offline} ${why} ${unknown.join(' ')}`;
};

const statusOfNode = ({ name, status, ha_state, unknown, iowait_exempt, metrics }: Node): string =>
  `${name} ${status} ${ha_state} ${unknown.join(' ')} ${iowait_exempt} ${metrics.has_historical}`;

const configurationOf = (guest: Guest): string => {
  const disks =
    guest.disks?.map((disk) => `${disk.key} ${disk.storage} ${disk.size_gb} ${disk.is_shared}`).join() ?? '?';
  const held = `${guest.local_devices?.join()} ${guest.live_blockers?.join()} ${guest.local_disks?.is_pinned}`;
  const size = `${guest.cpu_cores} ${guest.mem_max_gb} ${guest.template} ${guest.has_snapshots} ${guest.ha_group}`;
  return `${guest.vmid} ${size} ${disks} ${held} ${guest.mount_points?.has_unshared_bind_mount}`;
};

const configurationOfNode = ({ name, cpu_cores, total_mem_gb, storage }: Node): string => {
  const storages = storage.map((one) => `${one.storage} ${one.active} ${one.shared} ${one.content}`).sort();
  return `${name} ${cpu_cores} ${Math.round(total_mem_gb)} ${storages.join()}`;
};

const runningMoves = ({ running_tasks }: ClusterSnapshot): string[] =>
  running_tasks
    .filter(({ type }) => ['qmigrate', 'vzmigrate', 'hamigrate'].includes(type))
    .map(({ id, type }) => `${type} ${id}`)
    .sort();

/** A 53-bit hash of texts in order: equal facts never look different, and different ones alike once in a million years. */
function openHash() {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  return {
    add(text: string): void {
      for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index);
        a = Math.imul(a ^ code, 2_654_435_761);
        b = Math.imul(b ^ code, 1_597_334_677);
      }
      a = Math.imul(a ^ (a >>> 16) ^ 0x0a, 2_246_822_507);
      b = Math.imul(b ^ (b >>> 13) ^ 0x0a, 3_266_489_909);
    },
    text: (): string => (4_294_967_296 * (2_097_151 & b) + (a >>> 0)).toString(36),
  };
}
