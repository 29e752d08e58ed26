import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Product } from './product.ts';
import type { SimulatorControl } from './simulator.ts';

/** What a fault is made of: what the simulator is asked for, and what the product is made to do under it. */
type Trouble = { fault: object; provoke?: () => Promise<unknown> };
type Recipe = (dice: Dice, world: Stage) => Trouble;
export type Stage = {
  simulator: SimulatorControl;
  product: Product;
  nodes: readonly string[];
  vmids: () => readonly number[];
};

const onAnyNode = (dice: Dice, { nodes }: Stage) => ({ node: dice.pick(nodes) });

/** A fault that bites a move: the product is asked to make one. */
const moving =
  (kind: string, more: (dice: Dice) => object = () => ({})): Recipe =>
  (dice, { product, vmids }) => {
    const vmid = dice.pick(vmids());
    return { fault: { kind, vmid, ...more(dice) }, provoke: () => product.moveAnywhere(dice, vmid) };
  };

const apiError =
  (path: string | undefined, status: number): Recipe =>
  () => ({ fault: { kind: 'api-error', status, message: `simulated ${status}`, ...(path ? { path } : {}) } });

/** Every kind of fault the simulator knows, some in several forms. */
const recipes: Record<string, Recipe> = {
  'node-down': (dice, world) => ({ fault: { kind: 'node-down', ...onAnyNode(dice, world) } }),
  'node-hangs': (dice, world) => ({ fault: { kind: 'node-hangs', ...onAnyNode(dice, world) } }),
  'quorum-loss': () => ({ fault: { kind: 'quorum-loss' } }),
  'api-latency': (dice) => ({ fault: { kind: 'api-latency', ms: Math.round(dice.between(200, 4000)) } }),
  'api-latency, endless': () => ({ fault: { kind: 'api-latency', ms: 20_000, path: '/cluster/resources' } }),
  'api-error': apiError(undefined, 500),
  'api-error, resources': apiError('/cluster/resources', 500),
  'api-error, quorum': apiError('/cluster/status', 503),
  'api-error, tasks': apiError('/cluster/tasks', 500),
  'api-error, HA': apiError('/cluster/ha/*', 500),
  'api-error, configurations': apiError('/nodes/*/config', 500),
  'api-error, series': apiError('/nodes/*/rrddata', 596),
  'api-error, storages': apiError('/nodes/*/storage', 595),
  'connection-reset': () => ({ fault: { kind: 'connection-reset' } }),
  'connection-reset, a few': () => ({ fault: { kind: 'connection-reset', times: 5 } }),
  'auth-revoked': () => ({ fault: { kind: 'auth-revoked' } }),
  'migration-fails': moving('migration-fails', (dice) => ({
    phase: dice.pick(['prepare', 'phase1', 'phase2', 'phase3']),
  })),
  'migration-stalls': moving('migration-stalls'),
  'target-dies': moving('target-dies'),
  'task-vanishes': moving('task-vanishes'),
  'storage-unavailable': (dice, world) => ({
    fault: {
      kind: 'storage-unavailable',
      storage: dice.pick(['ceph1', 'local-zfs']),
      ...(dice.unit() < 0.5 ? {} : onAnyNode(dice, world)),
    },
  }),
  lock: (dice, { vmids }) => ({
    fault: { kind: 'lock', vmid: dice.pick(vmids()), lock: dice.pick(['backup', 'snapshot']) },
  }),
  'config-conflict': (dice, { product, vmids }) => {
    const vmid = dice.pick(vmids());
    return { fault: { kind: 'config-conflict', vmid, times: 2 }, provoke: () => product.tag(vmid, 'conflicted') };
  },
  'rrd-gap': (dice, world) => ({ fault: { kind: 'rrd-gap', last_s: 7200, ...onAnyNode(dice, world) } }),
};

/** Deals every kind before any comes again. */
export function dealer(dice: Dice): () => string {
  let deck: string[] = [];
  return () => {
    if (deck.length === 0) deck = dice.shuffle(Object.keys(recipes));
    return deck.pop() as string;
  };
}

export type StormLimits = { faults: number; startWithinMs: number; lastsMs: readonly [least: number, most: number] };

/** Some faults that begin and end by chance and overlap; resolves when the last one is over and everything is lifted. */
export async function storm(dice: Dice, stage: Stage, names: readonly string[], limits: StormLimits): Promise<void> {
  const { simulator, nodes } = stage;
  const runOne = async (name: string) => {
    await sleep(dice.between(0, limits.startWithinMs));
    const { fault, provoke } = (recipes[name] as Recipe)(dice, stage);
    console.log(`  ${new Date().toISOString().slice(11, 19)} ${name} ${JSON.stringify(fault)}`);
    // What it was to strike may have been removed meanwhile.
    const id = await simulator.fault(fault).catch(() => null);
    if (id === null) return;
    await provoke?.();
    await sleep(dice.between(...limits.lastsMs));
    await simulator.lift(id);
  };
  await Promise.all(names.map(runOne));
  await simulator.liftAll();
  for (const node of nodes) await simulator.setNode(node, 'online');
}
