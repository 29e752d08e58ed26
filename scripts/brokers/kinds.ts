import { fileURLToPath } from 'node:url';
import { converse } from './converse.ts';

/** What is needed to run one of the two brokers, as a binary or as a container, and to know that it is ready. */
export interface BrokerKind {
  name: 'nats' | 'redis';
  /** The environment variable that names a server somebody else runs. */
  variable: 'NATS_URL' | 'REDIS_URL';
  /** The program, which is also the name of its Debian package. */
  binary: 'nats-server' | 'redis-server';
  image: string;
  imagePort: number;
  /** Where the image keeps its data. */
  imageDir: string;
  /** A configuration file for what has no argument. */
  configFile?: string;
  /** Arguments of the program. In a container the network decides who reaches it, so it listens on every address there. */
  args(at: { host: string; port: number; dir: string; configFile: string }): string[];
  url(port: number): string;
  /** True when it answers a request on its socket, not merely accepts a connection. */
  answers(port: number): Promise<boolean>;
  /** What it writes to its log once it listens. */
  readyLine: string;
}

export const nats: BrokerKind = {
  name: 'nats',
  variable: 'NATS_URL',
  binary: 'nats-server',
  image: 'nats:2.10-alpine',
  imagePort: 4222,
  imageDir: '/data',
  configFile: fileURLToPath(new URL('nats.conf', import.meta.url)),
  args: ({ host, port, dir, configFile }) => ['-c', configFile, '-a', host, '-p', String(port), '-js', '-sd', dir],
  url: (port) => `nats://127.0.0.1:${port}`,
  readyLine: 'Server is ready',
  answers: (port) => converse(port, 'CONNECT {"verbose":false}\r\nPING\r\n', /"jetstream":true.*PONG\r\n/s),
};

/**
 * The append-only file alone keeps the data (fsync each second); snapshots would write the same data again.
 * `noeviction` because a queue that forgets jobs when memory is short is worse than one that refuses new ones.
 * The process title stays as started, so that a later start can recognise it.
 */
export const redis: BrokerKind = {
  name: 'redis',
  variable: 'REDIS_URL',
  binary: 'redis-server',
  image: 'redis:7-alpine',
  imagePort: 6379,
  imageDir: '/data',
  args: ({ host, port, dir }) =>
    Object.entries({
      '--bind': host,
      '--port': String(port),
      '--dir': dir,
      '--appendonly': 'yes',
      '--appendfsync': 'everysec',
      '--save': '',
      '--maxmemory-policy': 'noeviction',
      '--protected-mode': host === '127.0.0.1' ? 'yes' : 'no',
      '--set-proc-title': 'no',
    }).flat(),
  url: (port) => `redis://127.0.0.1:${port}`,
  readyLine: 'Ready to accept connections',
  answers: (port) => converse(port, 'PING\r\n', /^\+PONG\r\n/),
};
