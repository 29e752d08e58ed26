import type { LoadShift, Migration, OutcomeSnapshot } from '@proxbalance/contracts';
import type { Look, NodeLook } from '@proxbalance/engine';
import type { ClusterResources, Proxmox } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import { z } from 'zod';

const amount = z.number().nullable();
const Node = z.object({
  cpu: amount,
  mem: amount,
  iowait: amount,
  threads: amount,
  memBytes: amount,
  guests: z.record(z.string(), z.object({ cores: amount, memBytes: amount })),
});

/** What was seen of both ends of a move at one moment, as it is kept until the move is judged. */
export const Seen = z.object({ at: z.number(), source: Node, target: Node }) satisfies z.ZodType<Look>;
export type Seen = z.infer<typeof Seen>;

type Move = Pick<Migration, 'source_node' | 'target_node'>;

/** I/O wait is good to know and decides nothing: it does not hold up a move. */
const iowaitMaxMs = 1500;

/** Looks at both ends now. Throws the `ProxmoxError`; null when Proxmox answers with rows nobody can read. */
export async function lookNow(proxmox: Proxmox, move: Move, at: Date): Promise<Seen | null> {
  return seenIn(proxmox, await proxmox.clusterResources(), move, at);
}

/** The same from resources that were read a moment ago. */
export async function seenIn(
  proxmox: Pick<Proxmox, 'nodeStatus'>,
  resources: ClusterResources,
  { source_node, target_node }: Move,
  at: Date,
): Promise<Seen | null> {
  // A guest whose row can't be read would look like one that is gone.
  if (resources.malformed.length > 0) return null;
  const [source, target] = await Promise.all(
    [source_node, target_node].map(async (name) => ({
      ...nodeLook(resources, name),
      iowait: await readIowait(proxmox, name),
    })),
  );
  return source && target ? { at: at.getTime(), source, target } : null;
}

export const snapshotOf = ({ at, source, target }: Seen, others?: LoadShift): OutcomeSnapshot => ({
  timestamp: new Date(at).toISOString(),
  source_node: shown(source),
  target_node: shown(target),
  ...(others ? { others } : {}),
});

const shown = ({ cpu, mem, iowait, guests }: Seen['source']): OutcomeSnapshot['source_node'] => ({
  cpu: rounded(cpu),
  mem: rounded(mem),
  iowait: rounded(iowait),
  guest_count: Object.keys(guests).length,
});

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(100 * value) / 100);

function nodeLook({ nodes, guests }: ClusterResources, name: string): NodeLook {
  const node = nodes.find((row) => row.name === name);
  const isUp = node?.status === 'online';
  const there = guests.filter((guest) => guest.node === name && guest.status !== 'stopped');
  return {
    cpu: isUp && node.cpuRatio !== null ? 100 * node.cpuRatio : null,
    mem:
      isUp && node.memUsedBytes !== null && node.memTotalBytes ? (100 * node.memUsedBytes) / node.memTotalBytes : null,
    threads: node?.threads ?? null,
    memBytes: node?.memTotalBytes ?? null,
    guests: Object.fromEntries(
      there.map(({ vmid, cpuRatio, vcpus, memHostBytes, memUsedBytes }) => [
        vmid,
        {
          cores: cpuRatio === null || vcpus === null ? null : cpuRatio * vcpus,
          memBytes: memHostBytes ?? memUsedBytes,
        },
      ]),
    ),
  };
}

async function readIowait(proxmox: Pick<Proxmox, 'nodeStatus'>, node: string): Promise<number | null> {
  const patience = new AbortController();
  const answer = proxmox.nodeStatus(node).then(
    ({ iowaitRatio }) => (iowaitRatio === null ? null : 100 * iowaitRatio),
    () => null,
  );
  const value = await Promise.race([answer, pause(iowaitMaxMs, patience.signal).then(() => null)]);
  patience.abort();
  return value;
}
