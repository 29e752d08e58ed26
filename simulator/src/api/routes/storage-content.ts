import type { ConfigValue, Guest } from '../../guest.ts';
import { splitList } from '../../lists.ts';
import { isActive } from '../../storage-usage.ts';
import type { NodeStorage } from '../../world.ts';
import { die } from '../errors.ts';
import { type Call, demand, holds, onNode, type Route, route } from '../route.ts';

export const contentRoutes: Route[] = [
  onNode(
    route(
      'GET',
      '/nodes/{node}/storage/{storage}/content',
      demand('/storage/{storage}', 'Datastore.Audit', 'Datastore.AllocateSpace'),
      (call) => ({ data: content(call) }),
    ),
  ),
];

interface Volume {
  volid: string;
  content: string;
  format: string;
  size: number;
  vmid?: number;
}

const DRIVE = /^(scsi|virtio|sata|ide|efidisk|tpmstate|unused|rootfs|mp)\d*$/;
const ISO_BYTES = 790_626_304;

/** The volumes of guests and the images in their CD drives. Nothing else is stored here: no backups, no templates. */
function content(call: Call) {
  const { world, node, values } = call;
  const storage = node.storages.get(String(values.storage));
  if (!storage) return die(`storage '${values.storage}' does not exist`);
  if (!isActive(world, node, storage)) die(`storage '${storage.storage}' is not available on node '${node.name}'`);
  const kinds = values.content === undefined ? null : splitList(String(values.content));
  const found = new Map<string, Volume>();
  for (const guest of world.guests.values()) {
    if (!storage.shared && guest.node !== node.name) continue;
    for (const volume of volumesOf(guest, storage)) found.set(volume.volid, volume);
  }
  return [...found.values()]
    .filter((volume) => kinds === null || kinds.includes(volume.content))
    .filter((volume) => values.vmid === undefined || volume.vmid === values.vmid)
    .filter((volume) => maySee(call, volume, storage));
}

function* volumesOf(guest: Guest, storage: NodeStorage): Generator<Volume> {
  for (const [key, value] of guest.config) {
    const volid = String(value).split(',')[0] ?? '';
    if (!DRIVE.test(key) || !volid.startsWith(`${storage.storage}:`)) continue;
    if (volid.includes(':iso/')) yield { volid, content: 'iso', format: 'iso', size: ISO_BYTES };
    else yield { volid, ...imageOf(guest, key, volid, value), vmid: guest.vmid };
  }
}

function imageOf(guest: Guest, key: string, volid: string, value: ConfigValue) {
  const suffix = /\.(qcow2|raw|vmdk)$/.exec(volid)?.[1];
  const format = suffix ?? (volid.includes(':subvol-') ? 'subvol' : 'raw');
  const size = guest.disks.find((disk) => disk.key === key)?.sizeBytes ?? sizeIn(String(value));
  return { content: guest.type === 'qemu' ? 'images' : 'rootdir', format, size };
}

/** `…,size=32G`. */
function sizeIn(text: string): number {
  const [, amount = '0', unit = ''] = /(?:^|,)size=(\d+)([KMGT]?)/.exec(text) ?? [];
  return Number(amount) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(unit);
}

/** Disks of guests need more than a look at the storage: this surprises every auditor. */
function maySee(call: Call, volume: Volume, storage: NodeStorage): boolean {
  const path = `/storage/${storage.storage}`;
  if (volume.vmid === undefined || holds(call, path, 'Datastore.Allocate')) return true;
  return holds(call, path, 'Datastore.Audit') && holds(call, `/vms/${volume.vmid}`, 'VM.Config.Disk');
}
