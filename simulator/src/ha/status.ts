import { createHash } from 'node:crypto';
import { crsMode } from '../datacenter-options.ts';
import { isNine, type PveVersion, rank } from '../pve-version.ts';
import { isUp, type Node, type World } from '../world.ts';
import { sortedServices } from './affinity.ts';

/** GET /cluster/ha/status/current: rows of five kinds, told apart by `type`. */
export function haStatusRows(world: World, pve: PveVersion) {
  const master = masterOf(world);
  const nowS = Math.floor(world.clock.nowMs() / 1000);
  const quorum = {
    id: 'quorum',
    type: 'quorum',
    node: master,
    status: world.quorate ? 'OK' : `No quorum on node '${master}'!`,
    quorate: world.quorate ? 1 : 0,
  };
  if (world.ha.size === 0) return [quorum];
  const load = crsMode(world) === 'basic' ? '' : ` - ${crsMode(world)} load CRS`;
  const fencing = {
    id: 'fencing',
    type: 'fencing',
    node: master,
    status: 'armed (CRM watchdog active)',
    'armed-state': 'armed',
  };
  return [
    quorum,
    {
      id: 'master',
      type: 'master',
      node: master,
      status: `${master} (active, ${dateText(nowS)})${load}`,
      timestamp: nowS,
    },
    ...(rank(pve) >= 901 ? [fencing] : []),
    ...[...world.nodes.values()].map((node) => lrmRow(world, node, pve, nowS)),
    ...serviceRows(world, pve),
  ];
}

/** GET .../manager_status: the file of the CRM, best source for maintenance. */
export function managerStatus(world: World) {
  const nowS = Math.floor(world.clock.nowMs() / 1000);
  const master = masterOf(world);
  const services = sortedServices(world).filter((service) => service.state !== 'ignored');
  return {
    quorum: { node: master, quorate: world.quorate ? '1' : '0' },
    manager_status: {
      master_node: master,
      timestamp: nowS,
      node_status: Object.fromEntries([...world.nodes.values()].map((node) => [node.name, crmStateOf(world, node)])),
      service_status: Object.fromEntries(
        services.map((service) => [
          service.sid,
          {
            node: world.guests.get(service.vmid)?.node ?? '',
            state: service.crmState,
            uid: createHash('md5').update(service.sid).digest('base64').slice(0, 22),
            ...(service.target ? { target: service.target } : {}),
            ...(service.crmState === 'started' ? { running: 1 } : {}),
          },
        ]),
      ),
    },
    lrm_status: Object.fromEntries(
      [...world.nodes.values()].map((node) => {
        const mode = node.maintenance ? 'maintenance' : 'active';
        const state = node.maintenance ? 'maintenance' : isActiveLrm(world, node) ? 'active' : 'wait_for_agent_lock';
        return [node.name, { mode, state, timestamp: seenS(node, nowS), results: {} }];
      }),
    ),
  };
}

function serviceRows(world: World, pve: PveVersion) {
  return sortedServices(world).map((service) => {
    const node = world.guests.get(service.vmid)?.node ?? '';
    return {
      id: `service:${service.sid}`,
      type: 'service',
      sid: service.sid,
      node,
      state: service.crmState,
      crm_state: service.crmState,
      request_state: service.state,
      max_restart: service.maxRestart,
      max_relocate: service.maxRelocate,
      ...(isNine(pve) ? { failback: service.failback ? 1 : 0 } : {}),
      ...(!isNine(pve) && service.group ? { group: service.group } : {}),
      ...(service.comment ? { comment: service.comment } : {}),
      status: `${service.sid} (${node}, ${service.crmState})`,
    };
  });
}

function lrmRow(world: World, node: Node, pve: PveVersion, nowS: number) {
  const timestamp = seenS(node, nowS);
  const dead = !isUp(node);
  const mode = dead
    ? 'old timestamp - dead?'
    : node.maintenance
      ? 'maintenance mode'
      : isActiveLrm(world, node)
        ? 'active'
        : 'idle';
  const watchdog = rank(pve) >= 901 ? `watchdog ${!dead && mode !== 'idle' ? 'active' : 'standby'}, ` : '';
  return {
    id: `lrm:${node.name}`,
    type: 'lrm',
    node: node.name,
    status: `${node.name} (${mode}, ${watchdog}${dateText(timestamp)})`,
    timestamp,
  };
}

/** The CRM does not notice at once that a node is gone; it calls it unknown, and after a minute fences it. */
function crmStateOf(world: World, node: Node): string {
  if (node.downSinceMs === null) return node.maintenance ? 'maintenance' : 'online';
  const downMs = world.clock.nowMs() - node.downSinceMs;
  return downMs > 60_000 && downMs < 130_000 && isActiveLrm(world, node) ? 'fence' : 'unknown';
}

function isActiveLrm(world: World, node: Node): boolean {
  for (const service of world.ha.values()) {
    if (service.state !== 'ignored' && world.guests.get(service.vmid)?.node === node.name) return true;
  }
  return false;
}

function masterOf(world: World): string {
  for (const node of world.nodes.values()) if (isUp(node) && !node.maintenance) return node.name;
  return [...world.nodes.keys()][0] ?? '';
}

function seenS(node: Node, nowS: number): number {
  return node.downSinceMs === null ? nowS - 2 : Math.floor(node.downSinceMs / 1000);
}

/** `Tue Sep 29 10:11:12 2026`. */
function dateText(atS: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(atS * 1000)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`;
}
