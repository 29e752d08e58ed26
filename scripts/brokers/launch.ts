import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, type Instance, isAlive, startProcess, stop } from '../instance.ts';
import { freePort } from './free-port.ts';
import type { Means } from './install.ts';
import type { BrokerKind } from './kinds.ts';

export interface Broker {
  instance: Instance;
  port: number;
}

interface Place {
  /** Without one, a free port is chosen. */
  port?: number | undefined;
  dir: string;
  logFile: string;
  /** Called as soon as it exists, before it is ready: from here on it has to be stopped by somebody. */
  onStarted?: (broker: Broker) => void;
}

const clash = /already in use|already allocated/i;
const triesMax = 5;

/**
 * Starts a broker and waits until it answers. When its port is taken, it is tried a few times more: on another port, or
 * on the one it has to have, which may be held for a moment only.
 */
export async function launchBroker(kind: BrokerKind, means: Means, place: Place): Promise<Broker> {
  mkdirSync(place.dir, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const logStart = existsSync(place.logFile) ? statSync(place.logFile).size : 0;
    const said = () => textAfter(place.logFile, logStart);
    const port = place.port ?? (await freePort());
    const instance =
      means === 'docker' ? await runContainer(kind, port, place) : runBinary(kind, means.binary, port, place);
    const broker = { instance, port };
    place.onStarted?.(broker);
    if (await becomesReady(kind, broker, said)) return broker;
    await stop(instance);
    if (attempt === triesMax || !clash.test(said())) {
      throw new Error(
        `${kind.binary} did not become ready on port ${port}. The end of ${place.logFile}:\n${lastLines(said())}`,
      );
    }
    await sleep(100 * attempt);
  }
}

function runBinary(kind: BrokerKind, binary: string, port: number, { dir, logFile }: Place): Instance {
  const args = kind.args({ host: '127.0.0.1', port, dir, configFile: kind.configFile ?? '' });
  return startProcess([binary, ...args], { out: logFile, err: logFile });
}

async function runContainer(kind: BrokerKind, port: number, { dir, logFile }: Place): Promise<Instance> {
  const container = `proxbalance-${kind.name}-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
  await docker(['rm', '-f', container]);
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`];
  const configFile = '/broker.conf';
  const mounts = [`${dir}:${kind.imageDir}`, ...(kind.configFile ? [`${kind.configFile}:${configFile}:ro`] : [])];
  const args = kind.args({ host: '0.0.0.0', port: kind.imagePort, dir: kind.imageDir, configFile });
  const { stdout, stderr } = await docker([
    ...['run', '-d', '--rm', '--name', container, '-p', `127.0.0.1:${port}:${kind.imagePort}`],
    ...mounts.flatMap((mount) => ['-v', mount]),
    ...[...user, kind.image, kind.binary, ...args],
  ]);
  appendFileSync(logFile, stdout + stderr);
  return { container };
}

/** Its own log has to say so too: somebody else's server may be the one that answers on this port. */
async function becomesReady(kind: BrokerKind, { instance, port }: Broker, said: () => string): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && (await isAlive(instance))) {
    const listens = 'container' in instance || said().includes(kind.readyLine);
    if (listens && (await kind.answers(port))) return true;
    await sleep(15);
  }
  return false;
}

function textAfter(file: string, offset: number): string {
  return existsSync(file) ? readFileSync(file).subarray(offset).toString('utf8').trim() : '';
}

function lastLines(text: string): string {
  return text.split('\n').slice(-12).join('\n');
}
