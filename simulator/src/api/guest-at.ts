import type { Guest, GuestType } from '../guest.ts';
import { die } from './errors.ts';
import type { Call } from './route.ts';

/** The guest of the path, if its configuration is on this node; else what reading the missing file says. */
export function guestAt({ world, values, node }: Call, type: GuestType): Guest {
  const vmid = Number(values.vmid);
  const guest = world.guests.get(vmid);
  if (guest && guest.type === type && guest.node === node.name) return guest;
  const folder = type === 'qemu' ? 'qemu-server' : 'lxc';
  return die(`Configuration file 'nodes/${node.name}/${folder}/${vmid}.conf' does not exist`);
}
