import type { Guest } from '../guest.ts';
import { tagsOf } from '../guest-config.ts';
import { type GuestSample, sampleGuest } from '../load-model.ts';
import { isNine, RELEASES } from '../pve-version.ts';
import { liveNumbers, type Row } from '../resources.ts';
import { PRESSURE_ZERO } from '../rrd.ts';
import { managedBy } from '../world.ts';
import type { Call } from './route.ts';

/** A row of GET /nodes/{node}/qemu or /lxc: live, `cpus` where resources says `maxcpu`. */
export function listRow(guest: Guest, sample: GuestSample, call: Call): Row {
  const { memhost, ...numbers } = liveNumbers(guest, sample, call.pve);
  const row: Row = {
    vmid: guest.vmid,
    name: guest.name,
    status: sample.running ? 'running' : 'stopped',
    cpus: guest.cores * guest.sockets,
    ...numbers,
  };
  const tags = tagsOf(guest);
  if (tags) row.tags = tags;
  if (guest.lock) row.lock = guest.lock;
  if (guest.template) row.template = 1;
  if (guest.type === 'lxc') Object.assign(row, { type: 'lxc', swap: 0, maxswap: 536_870_912 });
  if (!sample.running) return row;
  row.pid = 2_000 + guest.vmid;
  if (guest.type === 'qemu' && isNine(call.pve)) row.memhost = memhost;
  return Object.assign(row, pressures(guest, call));
}

/** One guest, asked of QEMU itself: the list's fields plus what only the running machine knows. */
export function currentStatus(guest: Guest, call: Call): Row {
  const sample = sampleGuest(guest, call.world.clock.nowMs());
  const service = managedBy(call.world, guest);
  const row = listRow(guest, sample, call);
  row.ha = service ? { managed: 1, state: service.crmState } : { managed: 0 };
  if (guest.type === 'lxc') return row;
  row.qmpstatus = sample.running ? 'running' : 'stopped';
  if (/^(1|enabled=1)/.test(String(guest.config.get('agent') ?? ''))) row.agent = 1;
  return sample.running ? Object.assign(row, machine(guest, sample, call)) : row;
}

function machine(guest: Guest, sample: GuestSample, call: Call): Row {
  const { qemu } = RELEASES[call.pve];
  const freeBytes = Math.max(0, guest.memBytes - sample.memBytes);
  const traffic = { netin: sample.netInBytes, netout: sample.netOutBytes };
  return {
    balloon: guest.memBytes,
    ballooninfo: {
      actual: guest.memBytes,
      max_mem: guest.memBytes,
      total_mem: guest.memBytes,
      free_mem: freeBytes,
      last_update: Math.floor(call.world.clock.nowMs() / 1000),
      major_page_faults: 500,
      minor_page_faults: 190_000,
      mem_swapped_in: 0,
      mem_swapped_out: 0,
    },
    freemem: freeBytes,
    blockstat: Object.fromEntries(
      guest.disks.map((disk, index) => [disk.key, blockStatistics(index === 0 ? sample : null)]),
    ),
    nics: { [`tap${guest.vmid}i0`]: traffic },
    clipboard: null,
    'running-machine': `pc-i440fx-${qemu.split('.').slice(0, 2).join('.')}+pve0`,
    'running-qemu': qemu,
    'proxmox-support': { 'pbs-dirty-bitmap': true, 'backup-max-workers': true, 'query-bitmap-info': true },
  };
}

function blockStatistics(sample: GuestSample | null): Row {
  const read = sample?.diskReadBytes ?? 0;
  const written = sample?.diskWriteBytes ?? 0;
  return {
    rd_bytes: read,
    rd_operations: Math.round(read / 16_384),
    wr_bytes: written,
    wr_operations: Math.round(written / 16_384),
    failed_rd_operations: 0,
    failed_wr_operations: 0,
  };
}

/** Numbers for machines, texts for containers: Proxmox is like that. */
function pressures(guest: Guest, call: Call): Row {
  if (!isNine(call.pve)) return {};
  if (guest.type === 'qemu') return PRESSURE_ZERO;
  return Object.fromEntries(Object.keys(PRESSURE_ZERO).map((name) => [name, '0.00']));
}
