import { setTimeout as delay } from 'node:timers/promises';
import type { TaskApi } from './api/tasks.ts';
import { isProxmoxError, type ProxmoxError } from './errors.ts';

/** How following a task ended. `linesRead` counts from the start of the log. */
export type TaskEnd =
  | { lost: false; exitStatus: string; success: boolean; warnings: boolean; linesRead: number }
  | { lost: true; reason: string; linesRead: number };

export type WaitForTaskOptions = {
  pollMs: number;
  signal?: AbortSignal;
  /** New log lines, in order, each once. */
  onLog?: (lines: string[]) => void;
  /** A poll failed; the next one is on its way. */
  onTrouble?: (error: ProxmoxError) => void;
  /** Lines of the log already known: going on after a restart. */
  fromLine?: number;
  /** How long the task's node may be away before the task counts as lost. Default 5 minutes: by then HA has fenced it. */
  lostAfterMs?: number;
};

type Tasks = Pick<TaskApi, 'taskStatus' | 'taskLog'>;
/** What is known of a task between two polls. */
type Watch = { linesRead: number; awaySince: number | null; logFailures: number };

const LOST_AFTER_MS = 300_000;
const LINES_PER_READ = 1_000;
const LOG_FAILURES_MAX = 3;

/**
 * Follows a task to its end. Outlives everything that may pass by itself: only refusals (401, 403, a wrong request) reject,
 * with the `ProxmoxError`, and an abort, with the signal's reason. `lost`: nobody can say how the task ended; look at the
 * guest instead.
 */
export const waitForTask = async (proxmox: Tasks, upid: string, options: WaitForTaskOptions): Promise<TaskEnd> => {
  const { pollMs, signal } = options;
  const watch: Watch = { linesRead: options.fromLine ?? 0, awaySince: null, logFailures: 0 };
  for (;;) {
    signal?.throwIfAborted();
    const end = await abortable(poll(proxmox, upid, watch, options), signal);
    if (end !== null) return end;
    await delay(pollMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
};

/** One look at the task; null when it goes on. */
const poll = async (
  proxmox: Tasks,
  upid: string,
  watch: Watch,
  options: WaitForTaskOptions,
): Promise<TaskEnd | null> => {
  try {
    const { running, exitStatus } = await proxmox.taskStatus(upid);
    watch.awaySince = null;
    await readLog(proxmox, upid, watch, options).catch((error: unknown) => {
      watch.logFailures += 1;
      if (running || watch.logFailures < LOG_FAILURES_MAX) throw error;
    });
    return running ? null : endOf(exitStatus, watch.linesRead);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return afterTrouble(error, watch, options);
  }
};

const readLog = async (proxmox: Tasks, upid: string, watch: Watch, options: WaitForTaskOptions): Promise<void> => {
  for (;;) {
    const { lines } = await proxmox.taskLog(upid, { start: watch.linesRead, limit: LINES_PER_READ });
    if (options.signal?.aborted) return;
    watch.linesRead += lines.length;
    if (lines.length > 0) options.onLog?.(lines);
    if (lines.length < LINES_PER_READ) return;
  }
};

const endOf = (exitStatus: string | null, linesRead: number): TaskEnd => {
  if (exitStatus === null || exitStatus === 'unexpected status') {
    return { lost: true, reason: 'the task ended without saying how', linesRead };
  }
  const warnings = exitStatus.startsWith('WARNINGS: ');
  return { lost: false, exitStatus, success: exitStatus === 'OK' || warnings, warnings, linesRead };
};

/** The end, when the error is one; null when the next poll may work. */
const afterTrouble = (error: ProxmoxError, watch: Watch, options: WaitForTaskOptions): TaskEnd | null => {
  const { linesRead } = watch;
  if (error.fields?.upid?.includes('no such task')) {
    return { lost: true, reason: 'Proxmox does not know the task any more', linesRead };
  }
  if (isFinal(error)) throw error;
  options.onTrouble?.(error);
  if (error.kind !== 'node-unreachable') return null;
  watch.awaySince ??= Date.now();
  const away = Date.now() - watch.awaySince >= (options.lostAfterMs ?? LOST_AFTER_MS);
  return away ? { lost: true, reason: `the node of the task is unreachable: ${error.reason}`, linesRead } : null;
};

/** Asking again would get the same answer. */
const isFinal = ({ kind }: ProxmoxError): boolean =>
  kind === 'authentication' || kind === 'permission' || kind === 'parameter' || kind === 'not-implemented';

const abortable = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
};
