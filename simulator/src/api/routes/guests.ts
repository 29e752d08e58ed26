import type { GuestType } from '../../guest.ts';
import { digestOf } from '../../guest-config.ts';
import { sampleGuest } from '../../load-model.ts';
import { isRunning } from '../../placement.ts';
import { isNine, RELEASES } from '../../pve-version.ts';
import { guestRrd, type Timeframe } from '../../rrd.ts';
import { readConfig, writeConfig } from '../config-answer.ts';
import { die } from '../errors.ts';
import { guestAt } from '../guest-at.ts';
import { currentStatus, listRow } from '../guest-status.ts';
import { type Call, demand, holds, must, onNode, type Route, route } from '../route.ts';
import { requireQuorum } from './cluster.ts';

export const guestRoutes: Route[] = [...routesFor('qemu'), ...routesFor('lxc'), agentInfo()];

function routesFor(type: GuestType): Route[] {
  const base = `/nodes/{node}/${type}`;
  const audit = demand('/vms/{vmid}', 'VM.Audit');
  return [
    onNode(route('GET', base, null, (call) => ({ data: list(call, type) }))),
    onNode(route('GET', `${base}/{vmid}/config`, audit, (call) => ({ data: readConfig(guestAt(call, type), call) }))),
    onNode(
      route('PUT', `${base}/{vmid}/config`, null, (call) => {
        requireQuorum(call.world);
        writeConfig(guestAt(call, type), call);
        return { data: null };
      }),
    ),
    onNode(
      route('GET', `${base}/{vmid}/status/current`, audit, (call) => ({
        data: currentStatus(guestAt(call, type), call),
      })),
    ),
    // Keyed by vmid alone: any node answers, before and after a migration.
    route('GET', `${base}/{vmid}/rrddata`, audit, (call) => ({ data: history(call, type) })),
    onNode(route('GET', `${base}/{vmid}/snapshot`, audit, (call) => ({ data: snapshots(call, type) }))),
  ];
}

function list(call: Call, type: GuestType) {
  const nowMs = call.world.clock.nowMs();
  return [...call.world.guests.values()]
    .filter((guest) => guest.type === type && guest.node === call.node.name)
    .filter((guest) => holds(call, `/vms/${guest.vmid}`, 'VM.Audit'))
    .map((guest) => listRow(guest, sampleGuest(guest, nowMs), call));
}

function history(call: Call, type: GuestType) {
  const { world, values, pve } = call;
  const guest = world.guests.get(Number(values.vmid));
  if (!guest || guest.type !== type) {
    return die(
      `Configuration file 'nodes/${values.node}/${type === 'qemu' ? 'qemu-server' : 'lxc'}/${values.vmid}.conf' does not exist`,
    );
  }
  const peak = values.cf === 'MAX' && values.timeframe !== 'hour';
  return guestRrd(world, guest, values.timeframe as Timeframe, pve, peak);
}

/** The list ends with a pseudo entry for the present state. */
function snapshots(call: Call, type: GuestType) {
  const guest = guestAt(call, type);
  const real = guest.snapshots.map(({ name, description, snaptime, vmstate, parent }) => ({
    name,
    description,
    snaptime,
    ...(type === 'qemu' ? { vmstate: vmstate ? 1 : 0 } : {}),
    ...(parent === undefined ? {} : { parent }),
  }));
  const last = guest.snapshots[guest.snapshots.length - 1];
  const current = {
    name: 'current',
    description: 'You are here!',
    digest: digestOf(guest),
    running: isRunning(guest) ? 1 : 0,
    ...(last ? { parent: last.name } : {}),
  };
  return [...real, current];
}

/** Needs a privilege that PVE 9 renamed, so the check is made here. */
function agentInfo(): Route {
  return onNode(
    route('GET', '/nodes/{node}/qemu/{vmid}/agent/info', null, (call) => {
      const privileges = isNine(call.pve) ? ['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted'] : ['VM.Monitor'];
      must(call, `/vms/${call.values.vmid}`, ...privileges);
      const guest = guestAt(call, 'qemu');
      if (!isRunning(guest)) die(`VM ${guest.vmid} is not running`);
      const agent = String(guest.config.get('agent') ?? '0');
      if (!/^(1|enabled=1)/.test(agent)) die('No QEMU guest agent configured');
      const commands = [
        'guest-ping',
        'guest-info',
        'guest-get-osinfo',
        'guest-network-get-interfaces',
        'guest-fsfreeze-freeze',
      ];
      const supported = commands.map((name) => ({ name, enabled: true, 'success-response': true }));
      return { data: { result: { version: RELEASES[call.pve].qemu, supported_commands: supported } } };
    }),
  );
}
