import { splitList } from '../lists.ts';
import type { Task } from '../tasks.ts';
import { type Call, holds } from './route.ts';

/** Finished tasks that each node broadcasts to the cluster list. */
const RECENT_PER_NODE = 25;

/** All running tasks and the last 25 of each node; `saved` is a text, running rows have a pid and no end. */
export function clusterTasks(call: Call) {
  const counts = new Map<string, number>();
  const visible = newestFirst(call).filter((task) => owns(call, task) || holds(call, '/', 'Sys.Audit'));
  return visible
    .filter((task) => {
      if (task.endMs === null) return true;
      const count = (counts.get(task.node) ?? 0) + 1;
      counts.set(task.node, count);
      return count <= RECENT_PER_NODE;
    })
    .map((task) => ({
      ...identity(task),
      ...(task.endMs === null ? { pid: task.pid, pstart: task.pstart, saved: '0' } : { ...ending(task), saved: '1' }),
    }));
}

/** GET /nodes/{node}/tasks: the archive, what is running, or both. */
export function nodeTasks(call: Call) {
  const { values, node } = call;
  const source = String(values.source ?? 'archive');
  const audit = holds(call, `/nodes/${node.name}`, 'Sys.Audit');
  const types = values.typefilter === undefined ? null : String(values.typefilter);
  const statuses = values.statusfilter === undefined ? null : splitList(String(values.statusfilter));
  const found = newestFirst(call).filter((task) => {
    if (task.node !== node.name || !(audit || owns(call, task))) return false;
    if (source === 'archive' && task.endMs === null) return false;
    if (source === 'active' && task.endMs !== null) return false;
    if (types !== null && task.type !== types) return false;
    if (values.vmid !== undefined && task.id !== String(values.vmid)) return false;
    if (values.since !== undefined && task.startMs / 1000 < Number(values.since)) return false;
    if (values.until !== undefined && task.startMs / 1000 > Number(values.until)) return false;
    if (values.userfilter !== undefined && !task.user.includes(String(values.userfilter))) return false;
    if (values.errors === 1 && (task.endMs === null || kindOf(task) !== 'error')) return false;
    return statuses === null || statuses.includes(kindOf(task));
  });
  const start = Number(values.start ?? 0);
  const limit = Number(values.limit ?? 50);
  const rows = found.slice(start, limit === 0 ? undefined : start + limit).map((task) => ({
    ...identity(task),
    pid: task.pid,
    pstart: task.pstart,
    ...(task.endMs === null ? { status: 'RUNNING' } : ending(task)),
  }));
  return { data: rows, total: found.length };
}

/** A user owns the tasks of its tokens too; to a token, another token of the same user is somebody else. */
export function owns(call: Call, task: Task): boolean {
  if (call.who.kind === 'user') return call.who.id === task.user;
  return call.who.id === `${task.user}!${task.tokenid}`;
}

export function identity(task: Task) {
  return {
    upid: task.upid,
    node: task.node,
    type: task.type,
    id: task.id,
    user: task.user,
    ...(task.tokenid === null ? {} : { tokenid: task.tokenid }),
    starttime: Math.floor(task.startMs / 1000),
  };
}

function ending(task: Task) {
  return { endtime: Math.floor((task.endMs ?? 0) / 1000), status: task.exitstatus ?? '' };
}

function kindOf(task: Task): string {
  if (task.exitstatus === 'OK') return 'ok';
  if (task.exitstatus?.startsWith('WARNINGS')) return 'warning';
  return task.exitstatus === 'unexpected status' ? 'unknown' : 'error';
}

function newestFirst(call: Call): Task[] {
  return [...call.world.tasks.values()].reverse();
}
