import { z } from 'zod';
import { route } from '../kit/route.ts';
import { TaskStatus } from '../migration.ts';
import { GuestType, NodeName, Upid, Vmid, VmidText } from '../values.ts';
import { ok, proxmox } from './shapes.ts';

const location = { vmid: Vmid, node: NodeName, type: GuestType, status: z.string(), name: z.string() };

export const GetGuestLocation = route('GET', '/api/guests/:vmid/location', {
  tag: 'Guests',
  summary: 'Where a guest is',
  role: 'viewer',
  params: z.strictObject({ vmid: VmidText }),
  reply: ok(location),
  errors: ['guest-not-found', 'no-snapshot'],
});

export const GetGuestLocations = route('GET', '/api/guests/locations', {
  tag: 'Guests',
  summary: 'Where every guest is',
  role: 'viewer',
  reply: ok({
    guests: z.record(z.string(), z.object(location)),
    nodes: z.record(z.string(), z.object({ name: NodeName, status: z.string(), guests: z.array(Vmid) })),
  }),
  errors: ['no-snapshot'],
});

const task = z.strictObject({
  node: NodeName.describe('Node the task runs on'),
  taskid: Upid.describe('Proxmox task id (UPID), URL-encoded'),
});

export const GetTask = route('GET', '/api/tasks/:node/:taskid', {
  tag: 'Guests',
  summary: 'Status of a Proxmox task, asked live',
  role: 'viewer',
  params: task,
  reply: ok(TaskStatus.shape),
  errors: ['task-not-found', 'node-not-found', ...proxmox],
});

export const PostStopTask = route('POST', '/api/tasks/:node/:taskid/stop', {
  tag: 'Guests',
  summary: 'Stop a running migration task; other tasks are refused',
  role: 'operator',
  params: task,
  reply: ok({ message: z.string() }),
  errors: ['task-not-found', 'node-not-found', 'conflict', ...proxmox],
});
