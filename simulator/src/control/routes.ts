import { addGuest } from '../cluster-file.ts';
import { addFault, removeFault } from '../faults.ts';
import { FieldReader, InputError, isFields } from '../fields.ts';
import type { Guest } from '../guest.ts';
import { readLoad } from '../guest-file.ts';
import { drainServices } from '../ha/drain.ts';
import { NODE_STATES } from '../node-file.ts';
import { bringNodeUp, takeNodeDown } from '../node-power.ts';
import { changeLoad, currentLoad } from '../placement.ts';
import type { RequestLog } from '../request-log.ts';
import { vanishTask } from '../tasks.ts';
import { sidOf, type World } from '../world.ts';
import { editGuest } from './edit-guest.ts';
import { NotFoundError } from './not-found.ts';
import { faultView, stateOf } from './state.ts';

export interface ControlCall {
  world: World;
  seed: number;
  log: RequestLog;
  /** The second path segment: a vmid or a node. */
  id: string;
  query: URLSearchParams;
  body: unknown;
}

interface ControlRoute {
  method: 'GET' | 'POST' | 'DELETE';
  parts: string[];
  handle: (call: ControlCall) => unknown;
}

export const CONTROL_ROUTES: ControlRoute[] = [
  { method: 'GET', parts: ['state'], handle: ({ world }) => stateOf(world) },
  { method: 'POST', parts: ['load'], handle: setLoad },
  { method: 'GET', parts: ['faults'], handle: ({ world }) => [...world.faults.values()].map(faultView) },
  { method: 'POST', parts: ['faults'], handle: ({ world, body }) => faultView(addFault(world, body)) },
  { method: 'DELETE', parts: ['faults'], handle: clearFaults },
  { method: 'DELETE', parts: ['faults', '{id}'], handle: clearOneFault },
  { method: 'POST', parts: ['clock'], handle: advance },
  { method: 'GET', parts: ['requests'], handle: ({ log }) => log.summary() },
  { method: 'DELETE', parts: ['requests'], handle: ({ log }) => log.reset() },
  {
    method: 'POST',
    parts: ['guests'],
    handle: ({ world, seed, body }) => ({ vmid: addGuest(world, body, { seed, warn: refuse }) }),
  },
  {
    method: 'POST',
    parts: ['guests', '{vmid}'],
    handle: ({ world, id, body }) => editGuest(world, guestOf(world, id), body),
  },
  { method: 'DELETE', parts: ['guests', '{vmid}'], handle: removeGuest },
  { method: 'POST', parts: ['nodes', '{node}'], handle: setNode },
];

/** `{vmid, …load}` or `{vmid, load: {…}}`; what is not said stays as it is. */
function setLoad({ world, body }: ControlCall): void {
  const fields = new FieldReader(body, 'load');
  const guest = guestOf(world, String(fields.integer('vmid')));
  const { vmid: _, load, ...flat } = isFields(body) ? body : {};
  changeLoad(world, guest, readLoad(isFields(load) ? load : flat, guest.memBytes, currentLoad(guest)));
}

function clearFaults({ world, query, body }: ControlCall) {
  const asked = query.get('id') ?? (isFields(body) ? body.id : undefined);
  const ids = asked === undefined || asked === null ? [...world.faults.keys()] : [Number(asked)];
  return { cleared: ids.filter((id) => removeFault(world, id)).length };
}

function clearOneFault({ world, id }: ControlCall) {
  if (!removeFault(world, Number(id))) throw new NotFoundError(`there is no fault ${id}`);
  return { cleared: 1 };
}

function advance({ world, body }: ControlCall) {
  const seconds = new FieldReader(body, 'clock').number('advance_s');
  if (seconds > 31_536_000) throw new InputError('clock.advance_s must be at most a year');
  world.clock.advance(seconds);
  return { now: new Date(world.clock.nowMs()).toISOString(), now_ms: world.clock.nowMs() };
}

function removeGuest({ world, id }: ControlCall): void {
  const guest = guestOf(world, id);
  for (const task of world.tasks.values()) if (task.id === String(guest.vmid)) vanishTask(world, task);
  world.guests.delete(guest.vmid);
  world.ha.delete(sidOf(guest));
  world.revision += 1;
}

/** `{status: online|offline|maintenance}`. Maintenance is the HA kind: up, but not to be used. */
function setNode({ world, id, body }: ControlCall): void {
  const node = world.nodes.get(id);
  if (!node) throw new NotFoundError(`there is no node ${id}`);
  const entry = new FieldReader(body, 'node');
  const status = entry.oneOf('status', NODE_STATES);
  entry.refuseUnknown();
  node.maintenance = status === 'maintenance';
  if (status === 'offline') takeNodeDown(world, node);
  else bringNodeUp(world, node);
  if (status === 'maintenance') drainServices(world, node);
  world.revision += 1;
}

function guestOf(world: World, id: string): Guest {
  const guest = world.guests.get(Number(id));
  if (!guest) throw new NotFoundError(`there is no guest ${id}`);
  return guest;
}

function refuse(message: string): never {
  throw new InputError(message);
}
