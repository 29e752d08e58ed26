import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChild } from '../../../../tests/support/child.ts';
import { neutralEnv } from '../../../../tests/support/environment.ts';

type Ready = { nodes: Record<string, string>; control: string; token_id: string; token_secret: string };

/** A simulated cluster as a process of its own; `control` reaches the truth and the faults. */
export type Simulator = AsyncDisposable & {
  /** `host:port` of each node. */
  hosts: string[];
  env: Record<string, string>;
  folder: string;
  control<T = unknown>(method: string, path: string, body?: object): Promise<T>;
  fault(fault: { kind: string; [field: string]: unknown }): Promise<number>;
  lift(fault: number): Promise<unknown>;
};

const program = fileURLToPath(new URL('../../../../simulator/src/main.ts', import.meta.url));

export async function startSimulator(cluster: object | string, args: string[] = []): Promise<Simulator> {
  const folder = mkdtempSync(join(tmpdir(), 'proxbalance-collector-'));
  const file = join(folder, 'cluster.json');
  const caFile = join(folder, 'ca.pem');
  if (typeof cluster !== 'string') writeFileSync(file, JSON.stringify(cluster));
  const words = [
    '--cluster',
    typeof cluster === 'string' ? cluster : file,
    '--ca-file',
    caFile,
    '--auth-delay-ms',
    '50',
    ...args,
  ];
  const child = openChild({
    name: 'simulator',
    command: [program, ...words],
    env: neutralEnv(),
    ready: /^(\{"api".*\})$/m,
    folder,
  });
  const ready: Ready = JSON.parse(await child.start());
  const control = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(`${ready.control}${path}`, init);
    if (!answer.ok) throw new Error(`simulator: ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const hosts = Object.values(ready.nodes).map((url) => new URL(url).host);
  return {
    hosts,
    folder,
    env: {
      PROXMOX_HOSTS: hosts.join(','),
      PROXMOX_TOKEN_ID: ready.token_id,
      PROXMOX_TOKEN_SECRET: ready.token_secret,
      PROXMOX_CA_FILE: caFile,
    },
    control,
    fault: async (fault) => (await control<{ id: number }>('POST', '/faults', fault)).id,
    lift: (fault) => control('DELETE', `/faults/${fault}`),
    async [Symbol.asyncDispose]() {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
