import {
  type ClusterSnapshot,
  GetGuestLocation,
  GetGuestLocations,
  GetMigrationStatus,
  GetTask,
  type Guest,
  ReadTask,
  RefusedError,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { sendPrepared } from '../http/prepared.ts';
import { migrationStatus } from '../read-models/migration-status.ts';

export function guestRoutes(server: FastifyInstance, { kit, snapshots, migrations }: Deps): void {
  const find = (vmid: number): Guest => {
    const guest = snapshots.guest(vmid);
    if (!guest) throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
    return guest;
  };
  endpoint(server, GetGuestLocation, ({ params }) => success(locate(find(params.vmid))));
  endpoint(server, GetGuestLocations, ({ request, reply }) => {
    const make = (snapshot: ClusterSnapshot) => success(locateAll(snapshot, snapshots.guests()));
    return sendPrepared(request, reply, snapshots.prepared('locations', make));
  });
  endpoint(server, GetMigrationStatus, ({ params }) => {
    const guest = find(params.vmid);
    return success(migrationStatus(guest, migrations.ofGuest(params.vmid) ?? null, snapshots.get().running_tasks));
  });
  endpoint(server, GetTask, async ({ params }) => {
    const status = answerOf(await kit.bus.ask(ReadTask, { node: params.node, upid: params.taskid }));
    return success(status);
  });
}

const locate = ({ vmid, node, type, status, name }: Guest) => ({ vmid, node, type, status, name });

function locateAll(snapshot: ClusterSnapshot, guests: Guest[]) {
  const onNode = Map.groupBy(guests, (guest) => guest.node);
  const nodes = Object.values(snapshot.nodes).map(({ name, status }) => {
    return [name, { name, status, guests: (onNode.get(name) ?? []).map((guest) => guest.vmid) }] as const;
  });
  return {
    guests: Object.fromEntries(guests.map((guest) => [String(guest.vmid), locate(guest)])),
    nodes: Object.fromEntries(nodes),
  };
}
