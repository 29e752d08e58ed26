import {
  type ClusterSnapshot,
  GetGuestLocation,
  GetGuestLocations,
  GetMigrationStatus,
  GetTask,
  type Guest,
  PostStopTask,
  ReadTask,
  StopTask,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { migrationStatus } from '../read-models/migration-status.ts';

export function guestRoutes(server: FastifyInstance, { kit, snapshots, migrations }: Deps): void {
  endpoint(server, GetGuestLocation, ({ params }) => success(locate(snapshots.guest(params.vmid))));
  preparedEndpoint(server, GetGuestLocations, () =>
    snapshots.prepared('locations', (snapshot) => success(locateAll(snapshot, snapshots.guests()))),
  );
  endpoint(server, GetMigrationStatus, ({ params }) => {
    const guest = snapshots.guest(params.vmid);
    return success(migrationStatus(guest, migrations.ofGuest(params.vmid) ?? null, snapshots.get().running_tasks));
  });
  endpoint(server, GetTask, async ({ params }) =>
    success(answerOf(await kit.bus.ask(ReadTask, { node: params.node, upid: params.taskid }))),
  );
  endpoint(server, PostStopTask, async ({ params, actor }) => {
    const request = { node: params.node, upid: params.taskid, requested_by: actor };
    return success(answerOf(await kit.bus.ask(StopTask, request)));
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
