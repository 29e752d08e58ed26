import { type ServiceName, SnapshotTaken } from '@proxbalance/contracts';
import {
  type answer,
  type Env,
  type Kit,
  openKit,
  openProcess,
  openScope,
  settingsDocument,
} from '@proxbalance/service-kit';
import { aCluster, aGuest, aNode } from '../../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../../tests/support/eventually.ts';
import { openInProcess, testEnv } from '../../../../tests/support/in-process.ts';
import { openGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

/** A gateway in this process, and others on its bus. */
export type Gateway = AsyncDisposable & {
  url: string;
  kit: Kit;
  env: Env;
  /** Asks over HTTP; a redirect is an answer. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  put(path: string, body: unknown): Promise<Response>;
  /** Another service's side of the bus. */
  as(service: ServiceName): Promise<Kit>;
  close(): Promise<void>;
};

export async function startGateway(more: Env = {}): Promise<Gateway> {
  const env = testEnv(more);
  const own = await openInProcess(env, 'gateway', readConfig, openGateway);
  const others = openScope();
  const url = own.opened;
  const ask = (path: string, init: RequestInit) => fetch(`${url}${path}`, { redirect: 'manual', ...init });
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    url,
    env,
    kit: own.kit,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body) => send('PUT', path, body),
    as: async (service) => openKit(others, await openProcess(others, readConfig(env), service), service),
    close: () => own.scope.close(),
    async [Symbol.asyncDispose]() {
      await others.close();
      await own.scope.close();
    },
  };
}

/** Plays a service's side of the bus; resolves when it can be asked. */
export async function play(kit: Kit, handlers: ReturnType<typeof answer>[]): Promise<void> {
  await kit.bus.serve(handlers);
  // On the same connection: when this is answered, NATS knows what was registered before it.
  await kit.bus.document(settingsDocument).read();
}

/** A snapshot of two nodes and two guests, told as the collector tells it; resolves when the gateway shows it. */
export async function showSnapshot(gateway: Gateway, snapshot = smallSnapshot()): Promise<void> {
  const { bus } = await gateway.as('collector');
  await bus.publish(SnapshotTaken, snapshot);
  await eventually(async () => {
    const answer = await gateway.get('/api/analyze');
    const { data } = (await answer.json()) as { data?: { snapshot_id: string } };
    if (data?.snapshot_id !== snapshot.snapshot_id) throw new Error(`not shown yet: ${answer.status}`);
  });
}

export const smallSnapshot = (parts: Parameters<typeof aCluster>[2] = {}) => {
  const now = new Date().toISOString();
  const guests = [aGuest({ vmid: 100, name: 'web' }), aGuest({ vmid: 101, name: 'db', type: 'CT', node: 'pve2' })];
  const nodes = [aNode({ name: 'pve1', cpu: 80, mem: 70 }), aNode({ name: 'pve2', cpu: 10, mem: 20 })];
  return aCluster(nodes, guests, { snapshot_id: `s-${now}`, collected_at: now, ...parts });
};
