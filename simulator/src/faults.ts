import { applyFault, liftFault } from './fault-effects.ts';
import { FieldReader, InputError } from './fields.ts';
import type { World } from './world.ts';

export const FAULT_KINDS = [
  'node-down',
  'quorum-loss',
  'api-latency',
  'api-error',
  'connection-reset',
  'auth-revoked',
  'migration-fails',
  'migration-stalls',
  'target-dies',
  'task-vanishes',
  'storage-unavailable',
  'lock',
  'config-conflict',
  'rrd-gap',
  'node-hangs',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const MIGRATION_PHASES = ['prepare', 'phase1', 'phase2', 'phase3'] as const;
export type MigrationPhase = (typeof MIGRATION_PHASES)[number];

export interface Fault {
  id: number;
  kind: FaultKind;
  node: string | null;
  vmid: number | null;
  storage: string | null;
  lock: string;
  phase: MigrationPhase;
  ms: number;
  status: number;
  message: string;
  /** Request path below /api2/json; `*` stands for anything. Null: every path. */
  path: string | null;
  method: string | null;
  lastS: number;
  /** How often it strikes before it is used up; null: until cleared. */
  timesLeft: number | null;
  untilMs: number | null;
}

let nextId = 1;

/** Reads, checks and switches on one fault. */
export function addFault(world: World, body: unknown): Fault {
  const fault = readFault(world, body);
  world.faults.set(fault.id, fault);
  world.revision += 1;
  applyFault(world, fault);
  if (fault.untilMs !== null) world.clock.at(fault.untilMs, () => removeFault(world, fault.id));
  return fault;
}

export function removeFault(world: World, id: number): boolean {
  const fault = world.faults.get(id);
  if (!fault) return false;
  world.faults.delete(id);
  world.revision += 1;
  liftFault(world, fault);
  return true;
}

export function findFault(
  world: World,
  kind: FaultKind,
  matches: (fault: Fault) => boolean = () => true,
): Fault | undefined {
  if (world.faults.size === 0) return undefined;
  for (const fault of world.faults.values()) if (fault.kind === kind && matches(fault)) return fault;
  return undefined;
}

export function hasFault(world: World, kind: FaultKind, matches?: (fault: Fault) => boolean): boolean {
  return findFault(world, kind, matches) !== undefined;
}

/** Finds a fault and counts one of its `times`. */
export function strike(world: World, kind: FaultKind, matches?: (fault: Fault) => boolean): Fault | undefined {
  const fault = findFault(world, kind, matches);
  if (fault?.timesLeft != null) {
    fault.timesLeft -= 1;
    if (fault.timesLeft <= 0) removeFault(world, fault.id);
  }
  return fault;
}

export function matchesRequest(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== null && fault.method !== method) return false;
  if (fault.path === null) return true;
  const pattern = fault.path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(path);
}

function readFault(world: World, body: unknown): Fault {
  const entry = new FieldReader(body, 'fault');
  const kind = entry.oneOf('kind', FAULT_KINDS);
  const fault: Fault = {
    id: nextId++,
    kind,
    node: entry.has('node') ? entry.text('node') : null,
    vmid: entry.has('vmid') ? entry.integer('vmid') : null,
    storage: entry.has('storage') ? entry.text('storage') : null,
    lock: entry.text('lock', 'backup'),
    phase: entry.oneOf('phase', MIGRATION_PHASES, 'phase2'),
    ms: entry.number('ms', kind === 'api-latency' ? 1000 : 0),
    status: entry.integer('status', 500, 400),
    message: entry.text('message', kind === 'api-error' ? 'simulated failure' : ''),
    path: entry.has('path') ? entry.text('path') : null,
    method: entry.has('method') ? entry.text('method').toUpperCase() : null,
    lastS: entry.number('last_s', 600),
    timesLeft: entry.has('times') ? entry.integer('times', undefined, 1) : null,
    untilMs: entry.has('for_s') ? world.clock.nowMs() + entry.number('for_s') * 1000 : null,
  };
  entry.refuseUnknown();
  if (fault.status > 599) throw new InputError('fault.status must be at most 599');
  checkTargets(world, fault);
  return fault;
}

const NEEDS_GUEST: FaultKind[] = ['migration-fails', 'migration-stalls', 'target-dies', 'task-vanishes', 'lock'];

function checkTargets(world: World, fault: Fault): void {
  if (NEEDS_GUEST.includes(fault.kind) && fault.vmid === null) throw new InputError(`${fault.kind} needs a vmid`);
  if (fault.kind.startsWith('node-') && fault.node === null) throw new InputError(`${fault.kind} needs a node`);
  if (fault.kind === 'storage-unavailable' && fault.storage === null) {
    throw new InputError('storage-unavailable needs a storage');
  }
  if (fault.kind === 'rrd-gap' && fault.node === null) throw new InputError('rrd-gap needs a node');
  if (fault.node !== null && !world.nodes.has(fault.node)) throw new InputError(`there is no node ${fault.node}`);
  if (fault.vmid !== null && !world.guests.has(fault.vmid)) throw new InputError(`there is no guest ${fault.vmid}`);
}
