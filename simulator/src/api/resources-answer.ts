import { gzipSync } from 'node:zlib';
import { isUniform } from '../access/privileges.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type ClusterUsage, usageAt } from '../cluster-usage.ts';
import { writeGuestRows } from '../guest-row-bytes.ts';
import { networkRows, poolRows, storageRows } from '../infrastructure-rows.ts';
import { guestRows, nodeRow, type Row } from '../resources.ts';
import { lastTickMs, type World } from '../world.ts';
import { type Answer, type Call, holds, type Ready } from './route.ts';

interface Cached {
  revision: number;
  tickMs: number;
  answers: Map<string, Ready>;
}

const caches = new WeakMap<World, Cached>();

/** Tokens that see everything share one serialised answer per tick and change; all others get their own rows. */
export function resources(call: Call): Answer {
  const type = call.values.type === undefined ? 'all' : String(call.values.type);
  const seesAll =
    isUniform(call.world, call.who) &&
    ['VM.Audit', 'Sys.Audit', 'Datastore.Audit'].every((right) => holds(call, '/', right));
  if (!seesAll)
    return {
      data: build(call, type)
        .filter((row) => maySee(call, row))
        .map((row) => hideNumbers(call, row)),
    };
  const { answers } = cacheOf(call.world);
  const key = `${type}/${call.pve}`;
  const known = answers.get(key);
  if (known) return { ready: known };
  const ready = readyFrom(bytesOf(call, type));
  answers.set(key, ready);
  return { ready };
}

function build(call: Call, type: string): Row[] {
  const usage = usageFor(call.world, type);
  const guests = usage && type !== 'node' ? guestRows(call.world, call.pve, usage) : [];
  return [...guests, ...otherRows(call, type, usage)];
}

/** The same as JSON; guests, which are many, are written without building rows first. */
function bytesOf(call: Call, type: string): Buffer {
  const usage = usageFor(call.world, type);
  const writer = new ByteWriter();
  writer.raw(HEAD);
  if (usage && type !== 'node') writeGuestRows(call.world, call.pve, usage, writer);
  const others = JSON.stringify(otherRows(call, type, usage)).slice(1, -1);
  if (writer.length > HEAD.length && others !== '') writer.comma();
  writer.raw(Buffer.from(`${others}]}`));
  return writer.toBuffer();
}

const HEAD = Buffer.from('{"data":[');

function usageFor(world: World, type: string): ClusterUsage | null {
  return type === 'storage' || type === 'sdn' ? null : usageAt(world, lastTickMs(world));
}

function otherRows({ world, pve }: Call, type: string, usage: ClusterUsage | null): Row[] {
  const rows: Row[] = [];
  if (usage && (type === 'all' || type === 'node')) {
    for (const node of world.nodes.values()) rows.push(nodeRow(world, node, usage.nodes.get(node.name)));
  }
  if (type === 'all' || type === 'storage') rows.push(...storageRows(world));
  if (type === 'all') rows.push(...poolRows(world, usage));
  if (type === 'all' || type === 'sdn') rows.push(...networkRows(world, pve));
  return rows;
}

function maySee(call: Call, row: Row): boolean {
  if (row.vmid !== undefined) return holds(call, `/vms/${row.vmid}`, 'VM.Audit');
  if (row.type === 'storage')
    return holds(call, `/storage/${row.storage}`, 'Datastore.Audit', 'Datastore.AllocateSpace');
  if (row.type === 'pool') return holds(call, `/pool/${row.pool}`, 'Pool.Audit');
  if (row.type === 'network' || row.type === 'sdn')
    return holds(call, '/sdn/zones/localnetwork', 'SDN.Audit', 'SDN.Use');
  return true;
}

/** Everybody sees that nodes exist; how they feel needs Sys.Audit. */
function hideNumbers(call: Call, row: Row): Row {
  if (row.type !== 'node' || holds(call, `/nodes/${row.node}`, 'Sys.Audit')) return row;
  const { id, node, type, status, level, hastate } = row;
  return {
    id,
    node,
    type,
    status,
    level,
    ...(hastate === undefined ? {} : { hastate }),
    'cgroup-mode': row['cgroup-mode'],
  };
}

function cacheOf(world: World): Cached {
  const tickMs = lastTickMs(world);
  const known = caches.get(world);
  if (known && known.revision === world.revision && known.tickMs === tickMs) return known;
  const fresh: Cached = { revision: world.revision, tickMs, answers: new Map() };
  caches.set(world, fresh);
  return fresh;
}

function readyFrom(body: Buffer): Ready {
  let zipped: Buffer | null = null;
  return {
    body,
    zipped: () => {
      zipped ??= gzipSync(body, { level: 1 });
      return zipped;
    },
  };
}
