import { interruptTask, type Task } from '../../tasks.ts';
import { wrongParameters } from '../errors.ts';
import { type Call, must, onNode, type Route, route } from '../route.ts';
import { identity, nodeTasks, owns } from '../task-rows.ts';

const UPID =
  /^UPID:([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?):[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:[^:\s/]+:[^:\s/]*:[^:\s/]+:$/;

export const taskRoutes: Route[] = [
  onNode(route('GET', '/nodes/{node}/tasks', null, nodeTasks)),
  onNode(
    route('GET', '/nodes/{node}/tasks/{upid}/status', null, (call) => ({
      data: status(visibleTask(call, 'Sys.Audit')),
    })),
  ),
  onNode(route('GET', '/nodes/{node}/tasks/{upid}/log', null, (call) => log(call, visibleTask(call, 'Sys.Audit')))),
  onNode(
    route('DELETE', '/nodes/{node}/tasks/{upid}', null, (call) => {
      interruptTask(visibleTask(call, 'Sys.Modify'));
      return { data: null };
    }),
  ),
];

/** Own tasks are free; others need a privilege on the node. */
function visibleTask(call: Call, privilege: string): Task {
  const upid = String(call.values.upid);
  if (!UPID.test(upid)) wrongParameters({ upid: 'unable to parse worker upid' });
  const task = call.world.tasks.get(upid);
  if (task && owns(call, task)) return task;
  must(call, `/nodes/${call.node.name}`, privilege);
  if (!task || task.node !== call.node.name) return wrongParameters({ upid: 'no such task' });
  return task;
}

function status(task: Task) {
  return {
    ...identity(task),
    pid: task.pid,
    pstart: task.pstart,
    status: task.endMs === null ? 'running' : 'stopped',
    ...(task.exitstatus === null ? {} : { exitstatus: task.exitstatus }),
  };
}

/** Lines are numbered from 1; an empty log is one line that says so; `limit=0` means all. */
function log(call: Call, task: Task) {
  const lines = task.log.length === 0 ? ['no content'] : task.log;
  const start = Number(call.values.start ?? 0);
  const limit = Number(call.values.limit ?? 50);
  const part = lines.slice(start, limit === 0 ? undefined : start + limit);
  return { data: part.map((text, index) => ({ n: start + index + 1, t: text })), total: lines.length };
}
