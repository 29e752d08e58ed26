import type { Process, RunningProcess } from './clock.ts';
import type { World } from './world.ts';

export interface Task {
  upid: string;
  node: string;
  pid: number;
  pstart: number;
  startMs: number;
  type: string;
  id: string;
  user: string;
  tokenid: string | null;
  endMs: number | null;
  /** `OK`, `WARNINGS: n`, the error text, or `unexpected status` when the worker vanished. */
  exitstatus: string | null;
  log: string[];
  process: RunningProcess | null;
}

export interface TaskRequest {
  node: string;
  type: string;
  id: string;
  /** `user@realm` or `user@realm!token`. */
  owner: string;
}

/** Ends a task with `TASK ERROR: <message>` and that exit status. */
export class TaskFailure extends Error {}

/** The SIGTERM of DELETE .../tasks/{upid}. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted by signal');
  }
}

/** Finished tasks kept in all; the real archive is bigger, but nobody pages that far. */
const TASKS_MAX = 5_000;

/** Starts a worker. Its first step runs at once, so locks are held before the UPID is answered. */
export function startTask(world: World, request: TaskRequest, body: (task: Task) => Process): Task {
  const task = newTask(world, request);
  world.tasks.set(task.upid, task);
  forgetOldest(world);
  task.process = world.clock.start(supervise(world, task, body(task)));
  return task;
}

function* supervise(world: World, task: Task, body: Process): Process {
  try {
    yield* body;
    finish(world, task, 'OK', 'TASK OK');
  } catch (error) {
    if (!(error instanceof TaskFailure || error instanceof Interrupted)) throw error;
    const text = error instanceof Interrupted ? 'received interrupt' : error.message;
    finish(world, task, text, `TASK ERROR: ${text}`);
  }
}

export function interruptTask(task: Task): void {
  if (task.endMs === null) task.process?.interrupt(new Interrupted());
}

/** The worker is gone without a last word: no end line, status `unexpected status`, its locks stay. */
export function vanishTask(world: World, task: Task): void {
  if (task.endMs !== null) return;
  task.process?.drop();
  task.endMs = world.clock.nowMs();
  task.exitstatus = 'unexpected status';
  // Its process ends without its finally blocks, but its connections are closed like those of any dead process.
  for (const node of world.nodes.values()) node.streams.delete(Number(task.id));
}

/** A log line with the time stamp of the worker. */
export function logLine(world: World, task: Task, text: string): void {
  task.log.push(`${stamp(world.clock.nowMs())} ${text}`);
}

export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

export function runningTaskOf(world: World, id: string): Task | undefined {
  for (const task of world.tasks.values()) if (task.endMs === null && task.id === id) return task;
  return undefined;
}

function newTask(world: World, request: TaskRequest): Task {
  const startMs = world.clock.nowMs();
  const pid = world.nextPid++;
  const bootMs = world.nodes.get(request.node)?.bootMs ?? world.clock.originMs;
  const pstart = Math.floor((startMs - bootMs) / 10);
  const [user = request.owner, tokenid = null] = request.owner.split('!');
  const numbers = [pid, pstart, Math.floor(startMs / 1000)].map(hex8).join(':');
  const upid = `UPID:${request.node}:${numbers}:${request.type}:${request.id}:${request.owner}:`;
  const { node, type, id } = request;
  return {
    upid,
    node,
    pid,
    pstart,
    startMs,
    type,
    id,
    user,
    tokenid,
    endMs: null,
    exitstatus: null,
    log: [],
    process: null,
  };
}

function hex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

function finish(world: World, task: Task, exitstatus: string, line: string): void {
  task.log.push(line);
  task.endMs = world.clock.nowMs();
  task.exitstatus = exitstatus;
}

function forgetOldest(world: World): void {
  if (world.tasks.size <= TASKS_MAX) return;
  for (const task of world.tasks.values()) {
    if (task.endMs === null) continue;
    world.tasks.delete(task.upid);
    return;
  }
}
