import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@proxbalance/contracts';
import { type Bus, openBus } from '../../src/bus/bus.ts';
import { openClaims } from '../../src/bus/claims.ts';
import { type NatsLink, openNats } from '../../src/bus/connection.ts';
import { awaitStreams, deadLetterStream, eventStream } from '../../src/bus/streams.ts';
import { openLog } from '../../src/log.ts';
import { openScope, type Scope } from '../../src/scope.ts';

type LogLine = { level: number; msg: string } & Record<string, unknown>;

/** One service on the bus, as a process of its own would be: own connection, own scope, its log in memory. */
export type TestService = AsyncDisposable & {
  bus: Bus;
  link: NatsLink;
  scope: Scope;
  lines: LogLine[];
};

/** A namespace of its own on a server that others use too; its streams go at the end. */
export type TestNamespace = AsyncDisposable & {
  name: string;
  open(service?: ServiceName): Promise<TestService>;
  /** Closes the services; streams stay. */
  close(): Promise<unknown>;
};

export function testNamespace(natsUrl: string, name = `t-${randomUUID().slice(0, 8)}`): TestNamespace {
  const opened: TestService[] = [];
  const close = () => Promise.all(opened.map((one) => one[Symbol.asyncDispose]()));
  return {
    name,
    close,
    async open(service = 'collector') {
      const one = await openService(natsUrl, name, service);
      opened.push(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await close();
      await removeStreams(natsUrl, name);
    },
  };
}

async function openService(natsUrl: string, namespace: string, service: ServiceName): Promise<TestService> {
  const scope = openScope();
  const lines: LogLine[] = [];
  const log = openLog({ level: 'debug', service }, { write: (line) => void lines.push(JSON.parse(line)) });
  const link = await openNats(scope, { url: natsUrl }, service, log);
  await awaitStreams(link, namespace, log, scope.signal);
  const bus = openBus({ link, claims: openClaims(link, namespace), namespace, service, version: '0.0.1', log, scope });
  return { bus, link, scope, lines, [Symbol.asyncDispose]: () => scope.close() };
}

async function removeStreams(natsUrl: string, namespace: string): Promise<void> {
  const scope = openScope();
  const link = await openNats(scope, { url: natsUrl }, 'cleaner', openLog({ level: 'silent', service: 'test' }));
  const manager = await link.connection.jetstreamManager();
  const own = (name: string) =>
    [eventStream(namespace), deadLetterStream(namespace)].includes(name) ||
    name.startsWith(`OBJ_${namespace}-`) ||
    name.startsWith(`KV_${namespace}-`);
  for await (const { config } of manager.streams.list()) {
    if (own(config.name)) await manager.streams.delete(config.name);
  }
  await scope.close();
}

export type StoredMessage = { subject: string; size: number; body: Record<string, unknown> };

/** What a stream holds, oldest first: the outside view of what was published. */
export async function stored(link: NatsLink, stream: string): Promise<StoredMessage[]> {
  const manager = await link.connection.jetstreamManager();
  const { state } = await manager.streams.info(stream);
  const all: StoredMessage[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq });
    const text = Buffer.from(message.data).toString();
    all.push({ subject: message.subject, size: message.data.length, body: JSON.parse(text) });
  }
  return all;
}
