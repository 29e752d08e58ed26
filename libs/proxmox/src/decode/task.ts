import { z } from 'zod';
import { parseUpid, type Upid } from '../upid.ts';
import { instantOrNull, text, textOrNull } from './values.ts';

const Task = z.object({ upid: text, endtime: instantOrNull, status: textOrNull }).transform((row, context): Task => {
  const upid = parseUpid(row.upid);
  if (upid === null) {
    context.addIssue({ code: 'custom', message: `'${row.upid}' is not a UPID`, path: ['upid'] });
    return z.NEVER;
  }
  const running = row.endtime === null && (row.status === null || row.status === 'RUNNING');
  return { ...describe(upid), running, endedAt: row.endtime, exitStatus: running ? null : row.status };
});

/** A task in a list. Everything that the UPID tells is taken from there. */
export type Task = {
  upid: string;
  node: string;
  /** `qmigrate`, `vzmigrate`, `hamigrate`, … */
  type: string;
  /** Mostly a guest id, may be empty */
  id: string;
  vmid: number | null;
  user: string;
  /** Name of the token, when one started it */
  tokenId: string | null;
  startedAt: Date;
  endedAt: Date | null;
  running: boolean;
  /** `OK`, `WARNINGS: 2` or an error text; null while it runs */
  exitStatus: string | null;
};

/** `GET /cluster/tasks`, `GET /nodes/{node}/tasks`. */
export const Tasks = z.array(Task);

/** `GET /nodes/{node}/tasks/{upid}/status`. Proxmox does not say here when a task ended. */
export const TaskStatus = z
  .object({ status: z.enum(['running', 'stopped']), exitstatus: textOrNull })
  .transform((row) => ({ running: row.status === 'running', exitStatus: row.exitstatus }));
export type TaskStatus = z.infer<typeof TaskStatus>;

/** Lines of `GET /nodes/{node}/tasks/{upid}/log`. An empty log comes as one line `no content`. */
export const TaskLogLines = z
  .array(z.object({ t: z.preprocess((value) => value ?? '', text) }))
  .transform((rows) => rows.map(({ t }) => t));

const describe = ({ raw, node, type, id, user, tokenId, startedAt }: Upid) => ({
  upid: raw,
  node,
  type,
  id,
  vmid: /^\d+$/.test(id) ? Number(id) : null,
  user,
  tokenId: tokenId ?? null,
  startedAt,
});
