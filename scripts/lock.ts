import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Lock {
  /** Tells a start that comes now to wait for us instead of giving up. */
  sayStopping(): void;
  release(): Promise<void>;
}

/** Long enough for an earlier start to notice that the npm above it was killed. */
const patienceMs = 3_000;
const stoppingPatienceMs = 40_000;

/**
 * One `npm start` for each data folder. The lock is a socket that somebody listens on, so it is gone with its process,
 * however that ended. An earlier start that is on its way out is waited for.
 */
export async function lockFolder(dataDir: string, patience = patienceMs): Promise<Lock> {
  const path = lockPath(dataDir);
  const begin = Date.now();
  for (;;) {
    const lock = await listen(path);
    if (lock !== undefined) return lock;
    const holder = await askHolder(path);
    if (holder === undefined) {
      if (!path.startsWith('\0')) rmSync(path, { force: true });
    } else if (Date.now() - begin > (holder.stopping ? stoppingPatienceMs : patience)) {
      throw new Error(
        [
          `ProxBalance already runs on the data folder ${dataDir} (process ${holder.pid}).`,
          'Stop it first, or start another one beside it: npm start -- --data OTHER_FOLDER --port 0',
        ].join('\n'),
      );
    }
    await sleep(50);
  }
}

/** Linux has socket names outside the file system, which leave no stale file and know no longest path. */
function lockPath(dataDir: string): string {
  const name = `proxbalance-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

async function listen(path: string): Promise<Lock | undefined> {
  let stopping = false;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify({ pid: process.pid, stopping }));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(path, resolve);
  try {
    await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return {
    sayStopping: () => {
      stopping = true;
    },
    release: () => new Promise((done) => server.close(() => done())),
  };
}

interface Holder {
  pid: number | 'unknown';
  stopping: boolean;
}

/** Undefined when nobody is there any more: the file of a process that is gone, or one that went just now. */
function askHolder(path: string): Promise<Holder | undefined> {
  const { promise, resolve } = Promise.withResolvers<Holder | undefined>();
  let answer = '';
  const socket = connect(path);
  socket.setTimeout(1000, () => {
    resolve({ pid: 'unknown', stopping: false });
    socket.destroy();
  });
  socket.once('error', () => {});
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.once('close', () => resolve(answer === '' ? undefined : JSON.parse(answer)));
  return promise;
}
