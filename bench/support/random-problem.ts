/** Numbers from 0 to 1, the same for a seed. */
export type Dice = () => number;

export const diceOf = (seed: number): Dice => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export const chance = (dice: Dice, share: number): boolean => dice() < share;
export const between = (dice: Dice, low: number, high: number): number => low + Math.floor(dice() * (high - low + 1));
export const pick = <T>(dice: Dice, values: readonly T[]): T => {
  const value = values[Math.floor(dice() * values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
};
const some = <T>(dice: Dice, values: readonly T[], share: number): T[] => values.filter(() => chance(dice, share));

export type RandomProblem = ReturnType<typeof randomProblem>;

/**
 * A problem file nobody would wish for: nodes from half full to more than full, sizes that are no whole MiB, rules of all kinds
 * that overlap, contradict each other and name guests that are not there; with less trouble (1 is all of it) there is more that
 * is permitted. A node is never both in maintenance and to be emptied,
 * nor a guest both pinned and ignored: our model keeps one of the two, the scorer counts both.
 */
export const randomProblem = (dice: Dice, nodeCount: number, guestCount: number, trouble = 1) => {
  const names = Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`);
  const guests = Array.from({ length: guestCount }, (_, i) => guest(dice, `g${i + 1}`, names, trouble));
  const fill = trouble * pick(dice, [0.4, 0.7, 0.85, 0.95, 1.05]);
  const memory = guests.reduce((sum, { mem_max_gib }) => sum + mem_max_gib, 0) / nodeCount / fill;
  const nodes = names.map((id) => node(dice, id, memory * (0.6 + 0.8 * dice()), trouble));
  const serving = nodes.filter(({ maintenance }) => !maintenance).map(({ id }) => id);
  return {
    format: 'placement-problem/1',
    nodes,
    guests,
    rules: { affinity: rules(dice, 'with', guests, trouble), anti_affinity: rules(dice, 'apart', guests, trouble) },
    evacuate: chance(dice, 0.2 * trouble) ? some(dice, serving, 0.3) : [],
    policy: policy(dice),
  };
};

const guest = (dice: Dice, id: string, names: readonly string[], trouble: number) => ({
  id,
  name: id,
  type: pick(dice, ['VM', 'VM', 'CT']),
  node: pick(dice, names),
  running: chance(dice, 0.9),
  vcpus: pick(dice, [0.5, 1, 1, 2, 2, 4, 8]),
  cpu: dice() * 2,
  mem_gib: dice(),
  mem_max_gib: chance(dice, 0.5) ? between(dice, 0, 16) : Math.exp(3 * dice()),
  pressure: { cpu: 0, mem: 0, io: 0 },
  disks: Object.fromEntries(some(dice, ['local', 'fast zfs'], 0.12 * trouble).map((name) => [name, dice() * 40])),
  priority: 2,
  ...pick(dice, [...Array(12).fill({}), { ignore: true }, { pinned: true }]),
  allowed: chance(dice, 1 - 0.2 * trouble) ? null : some(dice, [...names, 'elsewhere'], 0.5),
});

const node = (dice: Dice, id: string, mem_gib: number, trouble: number) => ({
  id,
  cores: Math.ceil(between(dice, 4, 24) / trouble),
  mem_gib,
  reserve: {
    mem_gib: chance(dice, 0.3) ? dice() * 3 : 0,
    cores: pick(dice, [0, 0, 1]),
    storage: { local: dice() * 5 },
  },
  host_cpu: 0,
  host_mem_gib: 0,
  storage_free: Object.fromEntries(some(dice, ['local', 'fast zfs'], 0.7).map((name) => [name, dice() * 120])),
  maintenance: chance(dice, 0.08 * trouble),
  pressure: { cpu: 0, mem: 0, io: 0 },
});

const rules = (dice: Dice, name: string, guests: readonly { id: string }[], trouble: number) =>
  Array.from({ length: Math.round(3 * dice() * trouble) }, (_, i) => ({
    name: `${name}-${i + 1}`,
    members: Array.from({ length: between(dice, 1, 4) }, () => (chance(dice, 0.05) ? 'nobody' : pick(dice, guests).id)),
    hard: chance(dice, 0.85),
    origin: pick(dice, ['pve', 'tag']),
  }));

const policy = (dice: Dice) => ({
  method: 'memory',
  mode: 'used',
  balanciness: 5,
  cpu_overcommit: pick(dice, [1, 1.5, 2, 4]),
  max_node_inflow: pick(dice, [null, 0, 1, 1, 2]),
  max_parallel: pick(dice, [null, null, 1, 2, 3]),
  ...(chance(dice, 0.2) && { max_moves: between(dice, 0, 6) }),
});
