import { GetGuestLocation, GetGuestLocations, GetMigrationStatus, GetTask, type Guest, isFinal, ReadTask, RefusedError } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { valueOf } from '../http/failure.ts';

const migrationTypes = ['qmigrate', 'vzmigrate', 'hamigrate'];

export function guestRoutes(server: FastifyInstance, { kit, snapshots, migrations }: Deps): void {
  const find = (vmid: number): Guest => {
    const guest = snapshots.guest(vmid);
    if (!guest) throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
    return guest;
  };
  endpoint(server, GetGuestLocation, ({ params }) => success(locate(find(params.vmid))));
  endpoint(server, GetGuestLocations, () => {
    const guests = snapshots.guests();
    const onNode = Map.groupBy(guests, (guest) => guest.node);
    const nodes = Object.values(snapshots.get().nodes).map(({ name, status }) => {
      return [name, { name, status, guests: (onNode.get(name) ?? []).map((guest) => guest.vmid) }] as const;
    });
    return success({
      guests: Object.fromEntries(guests.map((guest) => [String(guest.vmid), locate(guest)])),
      nodes: Object.fromEntries(nodes),
    });
  });
  endpoint(server, GetMigrationStatus, ({ params }) => {
    const { node } = find(params.vmid);
    const own = migrations.ofGuest(params.vmid) ?? null;
    if (own && !isFinal(own.state)) {
      const { task_id, child_task_id, source_node, target_node, type } = own;
      const taskType = type === 'VM' ? 'qmigrate' : 'vzmigrate';
      return success({ is_migrating: true, task_id: child_task_id ?? task_id, source_node, target_node, type: taskType, migration: own });
    }
    const foreign = foreignTask(params.vmid, own?.finished_at ?? '');
    if (!foreign) return success({ is_migrating: false, migration: own });
    return success({ is_migrating: true, task_id: foreign.upid, source_node: node, type: foreign.type, migration: own });
  });
  endpoint(server, GetTask, async ({ params }) => {
    const status = valueOf(await kit.bus.ask(ReadTask, { node: params.node, upid: params.taskid }));
    return success(status);
  });

  /** A move that somebody else started. A snapshot from before the end of our own move may still list that one. */
  function foreignTask(vmid: number, ownEndedAt: string) {
    const { running_tasks, collected_at } = snapshots.get();
    if (collected_at < ownEndedAt) return undefined;
    return running_tasks.find((task) => migrationTypes.includes(task.type) && task.id === String(vmid));
  }
}

const locate = ({ vmid, node, type, status, name }: Guest) => ({ vmid, node, type, status, name });
