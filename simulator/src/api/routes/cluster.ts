import { readOptions, writeOptions } from '../../datacenter-options.ts';
import { isUp, type World } from '../../world.ts';
import { die } from '../errors.ts';
import { poolList } from '../pools-answer.ts';
import { checkOptions } from '../property-strings.ts';
import { resources } from '../resources-answer.ts';
import { type Call, demand, holds, type Route, route } from '../route.ts';
import { clusterTasks } from '../task-rows.ts';

export const clusterRoutes: Route[] = [
  route('GET', '/cluster/resources', null, resources),
  route('GET', '/cluster/status', demand('/', 'Sys.Audit'), (call) => ({ data: status(call) })),
  route('GET', '/cluster/tasks', null, (call) => ({ data: clusterTasks(call) })),
  route('GET', '/cluster/nextid', null, (call) => ({ data: nextId(call) })),
  route('GET', '/cluster/options', null, (call) => ({ data: readOptions(call.world, holds(call, '/', 'Sys.Audit')) })),
  route('PUT', '/cluster/options', demand('/', 'Sys.Modify'), (call) => {
    requireQuorum(call.world);
    checkOptions(call.values, call.pve);
    writeOptions(call.world, call.values);
    return { data: null };
  }),
  route('GET', '/cluster/backup-info/not-backed-up', demand('/', 'Sys.Audit'), ({ world }) => ({
    data: [...world.guests.values()].map(({ vmid, name, type }) => ({ vmid, name, type })),
  })),
  route('GET', '/pools', null, poolList),
];

export function requireQuorum(world: World): void {
  if (!world.quorate) die('cluster not ready - no quorum?');
}

/** A single host is no cluster: it has no cluster row and node id 0. */
function status({ world, answering }: Call) {
  const nodes = [...world.nodes.values()];
  const alone = nodes.length === 1;
  const rows = nodes.map((node) => ({
    id: `node/${node.name}`,
    type: 'node',
    name: node.name,
    nodeid: alone ? 0 : node.nodeid,
    ip: node.ip,
    local: node === answering ? 1 : 0,
    online: isUp(node) ? 1 : 0,
    level: '',
  }));
  if (alone) return rows;
  const cluster = {
    id: 'cluster',
    type: 'cluster',
    name: world.name,
    nodes: nodes.length,
    version: world.configVersion,
    quorate: world.quorate ? 1 : 0,
  };
  return [cluster, ...rows];
}

/** A text, as Proxmox answers it. */
function nextId({ world, values }: Call): string {
  if (values.vmid !== undefined) {
    if (world.guests.has(Number(values.vmid))) die(`VM ${values.vmid} already exists`);
    return String(values.vmid);
  }
  let vmid = 100;
  while (world.guests.has(vmid)) vmid += 1;
  return String(vmid);
}
