import { PlacementProblemFile } from '@proxbalance/contracts';
import { type Dice, diceOf } from '../planner/dice.ts';
import { fileGuest, fileNode } from './problem-file.ts';

const methods = ['memory', 'cpu', 'disk', 'memory_psi', 'io_smart', 'cpu_smart', 'global_smart', 'balanced'];

/**
 * A problem file with little room and many rules of every kind, some of them broken or impossible: the same for the same seed.
 * Two nodes to `mostNodes`, filled to between two thirds and nearly all of their memory.
 */
export const tightProblem = (seed: number, mostNodes = 24): PlacementProblemFile => {
  const dice = diceOf(seed);
  const nodes = nodesOf(dice, 2 + Math.floor(dice() ** 2 * (mostNodes - 1)));
  const guests = guestsOf(dice, nodes);
  const ids = guests.map(({ id }) => id);
  return PlacementProblemFile.parse({
    format: 'placement-problem/1',
    nodes,
    guests,
    rules: { affinity: rulesOf(dice, ids, 'near'), anti_affinity: rulesOf(dice, ids, 'apart') },
    evacuate: chance(dice, 0.15) ? [nodes[0]?.id] : [],
    policy: policyOf(dice),
  });
};

const chance = (dice: Dice, of: number) => dice() < of;
const pick = <T>(dice: Dice, values: readonly T[]): T => values[Math.floor(dice() * values.length)] as T;

const nodesOf = (dice: Dice, count: number) =>
  Array.from({ length: count }, (_, n) =>
    fileNode(`n${n}`, {
      mem_gib: pick(dice, [32, 64, 64, 128]),
      reserve: { mem_gib: 2, cores: 0, storage: {} },
      storage_free: chance(dice, 0.7) ? { zfs: pick(dice, [100, 200, 400]) } : {},
      maintenance: n > 0 && count > 2 && chance(dice, 0.06),
      host_cpu: dice(),
      host_mem_gib: 1.5,
    }),
  );

type Node = ReturnType<typeof nodesOf>[number];

/** Guests are added to a node until it is as full as it is to be. */
const guestsOf = (dice: Dice, nodes: readonly Node[]) => {
  const guests: ReturnType<typeof fileGuest>[] = [];
  for (const node of nodes) {
    const full = pick(dice, [0.3, 0.7, 0.85, 0.97, 1.02]);
    const room = (node.mem_gib - 2) * full;
    let disks = (node.storage_free?.zfs ?? 0) * 0.9;
    for (let used = 0; used < room - 2; ) {
      const size = Math.min(pick(dice, [1, 2, 2, 4, 4, 8, 16, 24, 30]), Math.floor(room - used));
      const disk = chance(dice, 0.15) ? pick(dice, [10, 30, 60]) : 0;
      used += size;
      guests.push(guestOf(dice, `g${guests.length}`, node.id, size, disk <= disks ? disk : 0, nodes));
      disks -= disk <= disks ? disk : 0;
    }
  }
  return guests.length > 0 ? guests : [fileGuest('g0', 'n0')];
};

const guestOf = (dice: Dice, id: string, node: string, size: number, disk: number, nodes: readonly Node[]) => {
  const others = nodes.filter(() => chance(dice, 0.4)).map((one) => one.id);
  return fileGuest(id, node, {
    type: chance(dice, 0.3) ? 'CT' : 'VM',
    running: !chance(dice, 0.08),
    vcpus: pick(dice, [1, 1, 2, 4]),
    cpu: dice() * 2,
    mem_gib: size * (0.3 + 0.6 * dice()),
    mem_max_gib: size,
    pressure: { cpu: dice() * 20, mem: dice() * 5, io: dice() * 10 },
    disks: disk > 0 ? { zfs: disk } : {},
    priority: pick(dice, [1, 2, 2, 2, 3]),
    ignore: chance(dice, 0.03),
    pinned: chance(dice, 0.03),
    allowed: chance(dice, 0.05) ? (chance(dice, 0.7) ? [...others, node] : others) : null,
  });
};

const rulesOf = (dice: Dice, ids: readonly string[], kind: string) =>
  Array.from({ length: Math.floor(dice() * (2 + ids.length / 12)) }, (_, r) => ({
    name: `${kind}-${r}`,
    members: [...new Set(Array.from({ length: 2 + Math.floor(dice() * 2) }, () => pick(dice, ids)))],
    hard: chance(dice, 0.7),
    origin: pick(dice, ['pve', 'tag'] as const),
  }));

const policyOf = (dice: Dice) => ({
  method: pick(dice, methods),
  mode: pick(dice, ['used', 'used', 'assigned', 'psi']),
  balanciness: pick(dice, [1, 2, 3, 4, 5, 5]),
  cpu_overcommit: pick(dice, [2, 3, 4]),
  max_node_inflow: pick(dice, [1, 1, 2, null]),
  max_parallel: pick(dice, [1, 2, 4, null]),
  max_moves: chance(dice, 0.2) ? Math.floor(dice() * 12) : null,
});
