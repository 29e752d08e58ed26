import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Instance, isAlive } from './instance.ts';

/** What one data folder's `npm start` has running in the background. */
export type Role = 'nats' | 'redis' | 'simulator';

/** One of them: how to recognise it, and what is needed to use it again. */
export interface RunEntry {
  instance: Instance;
  port?: number;
  /** The simulator's own ready line. */
  ready?: Record<string, unknown>;
}

export interface RunFile {
  get(role: Role): RunEntry | undefined;
  set(role: Role, entry: RunEntry): void;
  remove(role: Role): void;
  entries(): [Role, RunEntry][];
}

const roles: Role[] = ['nats', 'redis', 'simulator'];

/** `run.json`, written before anything started is waited for: a start that is killed leaves nothing unrecorded. */
export function openRunFile(dataDir: string): RunFile {
  const file = join(dataDir, 'run.json');
  const run = parseRunFile(readIfThere(file));
  const save = () => {
    if (run.size === 0) return rmSync(file, { force: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(run), null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    get: (role) => run.get(role),
    set: (role, entry) => {
      run.set(role, entry);
      save();
    },
    remove: (role) => {
      run.delete(role);
      save();
    },
    entries: () => [...run],
  };
}

/** Anything that is not a complete entry is left out: what is not recognised is never adopted and never ended. */
export function parseRunFile(text: string): Map<Role, RunEntry> {
  const found = parseJson(text);
  return new Map(roles.flatMap((role) => (isEntry(found[role]) ? [[role, found[role]]] : [])));
}

const asksMax = 5;

/**
 * Only what still runs as it was started, and answers, is used again. It is asked more than once: a start that is busy
 * loading its services may be too late to hear an answer that came in time.
 */
export async function canAdopt(entry: RunEntry, answers: (entry: RunEntry) => Promise<boolean>): Promise<boolean> {
  for (let asks = 0; asks < asksMax && (await isAlive(entry.instance)); asks++) if (await answers(entry)) return true;
  return false;
}

function isEntry(value: unknown): value is RunEntry {
  if (!isRecord(value) || !isRecord(value.instance)) return false;
  const { pid, command, container } = value.instance;
  const isProcess =
    Number.isInteger(pid) && Array.isArray(command) && command.every((part) => typeof part === 'string');
  return isProcess || typeof container === 'string';
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
