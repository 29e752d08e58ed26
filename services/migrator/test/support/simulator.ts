import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChild } from '../../../../tests/support/child.ts';
import { neutralEnv } from '../../../../tests/support/environment.ts';

type Ready = { nodes: Record<string, string>; control: string; token_id: string; token_secret: string };

export type SimulatorState = {
  guests: { vmid: number; node: string; status: string; lock: string | null }[];
  tasks: { upid: string; node: string; type: string; id: string; status: string; exitstatus: string | null }[];
};

/** A simulated cluster as a process of its own; `control` reaches the truth and the faults. */
export type Simulator = AsyncDisposable & {
  /** `host:port` of each node. */
  hosts: string[];
  env: Record<string, string>;
  folder: string;
  control<T = unknown>(method: string, path: string, body?: object): Promise<T>;
  fault(fault: { kind: string; [field: string]: unknown }): Promise<number>;
  lift(fault: number): Promise<unknown>;
  state(): Promise<SimulatorState>;
  nodeOf(vmid: number): Promise<string | undefined>;
  /** Tasks that moved this guest, oldest first. */
  moves(vmid: number): Promise<SimulatorState['tasks']>;
  /** Requests that have arrived and are not answered yet: `POST /nodes/{node}/qemu/{vmid}/migrate`. */
  underWay(): Promise<string[]>;
};

const program = fileURLToPath(new URL('../../../../simulator/src/main.ts', import.meta.url));

export async function startSimulator(cluster: object, args: string[] = []): Promise<Simulator> {
  const folder = mkdtempSync(join(tmpdir(), 'proxbalance-migrator-'));
  const file = join(folder, 'cluster.json');
  const caFile = join(folder, 'ca.pem');
  writeFileSync(file, JSON.stringify(cluster));
  const words = ['--cluster', file, '--ca-file', caFile, '--auth-delay-ms', '50', ...args];
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
  const state = () => control<SimulatorState>('GET', '/state');
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
    state,
    nodeOf: async (vmid) => (await state()).guests.find((guest) => guest.vmid === vmid)?.node,
    moves: async (vmid) =>
      (await state()).tasks.filter((task) => task.id === String(vmid) && /migrate$/.test(task.type)),
    underWay: async () => (await control<{ under_way: string[] }>('GET', '/requests')).under_way,
    async [Symbol.asyncDispose]() {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
