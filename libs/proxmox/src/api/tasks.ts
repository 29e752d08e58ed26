import { z } from 'zod';
import { type Task, TaskLogLines, TaskStatus, Tasks } from '../decode/task.ts';
import { ProxmoxError } from '../errors.ts';
import type { Http } from '../http/http.ts';
import { upidNode } from '../upid.ts';

export type TaskFilter = {
  vmid?: number;
  source?: 'active' | 'archive' | 'all';
  /** One task type: `qmigrate` */
  typefilter?: string;
  since?: Date;
  /** Default 50 */
  limit?: number;
};

/** `total` is the number of lines the log has so far. */
export type TaskLog = { lines: string[]; total: number };

/** Calls about tasks. All are answered by the node the task runs on: kind `node-unreachable` when it is down. */
export type TaskApi = {
  /** Kind `parameter` with `fields.upid` `no such task` when the node does not know it. */
  taskStatus: (upid: string) => Promise<TaskStatus>;
  /** Lines from `start` (0 = the first); `limit` 0 = all the rest. */
  taskLog: (upid: string, range: { start: number; limit: number }) => Promise<TaskLog>;
  /** Interrupts a task; says nothing about whether it was still running. Others' tasks need Sys.Modify on the node. */
  stopTask: (upid: string) => Promise<void>;
  /** Newest first. Only the token's own tasks without Sys.Audit. */
  nodeTasks: (node: string, filter?: TaskFilter) => Promise<Task[]>;
};

const TASK = '/nodes/{node}/tasks/{upid}';

export const taskApi = (http: Http): TaskApi => ({
  taskStatus: async (upid) => http.get(`${TASK}/status`, TaskStatus, place(upid)),
  taskLog: async (upid, { start, limit }) => {
    const { data, total } = await http.getCounted(`${TASK}/log`, TaskLogLines, { ...place(upid), start, limit });
    return isEmptyLog(data, start)
      ? { lines: [], total: 0 }
      : { lines: data, total: Math.max(total, start + data.length) };
  },
  stopTask: async (upid) => {
    await http.send('DELETE', TASK, z.unknown(), place(upid));
  },
  nodeTasks: (node, { since, ...filter } = {}) =>
    http.get('/nodes/{node}/tasks', Tasks, {
      node,
      ...filter,
      since: since === undefined ? undefined : Math.floor(since.getTime() / 1000),
    }),
});

/** Proxmox never sends an empty log: it puts this line in its place. Counting it as read would lose the first real one. */
const isEmptyLog = (lines: string[], start: number): boolean =>
  start === 0 && lines.length === 1 && lines[0] === 'no content';

const place = (upid: string): { node: string; upid: string } => {
  const node = upidNode(upid);
  if (node !== null) return { node, upid };
  const reason = `'${upid}' is not a UPID`;
  throw new ProxmoxError({ kind: 'parameter', reason, fields: { upid: reason }, host: '', method: 'GET', path: TASK });
};
