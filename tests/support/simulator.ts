import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, openChild } from './child.ts';
import type { ClusterFile } from './cluster.ts';
import { neutralEnv } from './environment.ts';

/** The truth about a simulated cluster, and ways to make things go wrong there. */
export type Control = {
  state(): Promise<State>;
  /** Every task that moved this guest, oldest first. */
  moves(vmid: number): Promise<State['tasks']>;
  nodeOf(vmid: number): Promise<string | undefined>;
  fault(fault: { kind: string; [field: string]: unknown }): Promise<void>;
  clearFaults(): Promise<void>;
  setNode(node: string, status: 'online' | 'offline'): Promise<void>;
  advance(seconds: number): Promise<void>;
};

/** A simulated Proxmox cluster with what the services need to reach it. */
export type Simulator = Control & { child: Child; env: Record<string, string> };

type State = {
  nodes: { name: string; status: string }[];
  guests: { vmid: number; node: string; status: string; lock: string | null }[];
  tasks: { upid: string; node: string; type: string; id: string; status: string; exitstatus: string | null }[];
};

type Ready = {
  nodes: Record<string, string>;
  control: string;
  token_id: string;
  token_secret: string;
  ca_file: string;
};

const program = fileURLToPath(new URL('../../simulator/src/main.ts', import.meta.url));

export async function startSimulator(folder: string, cluster: ClusterFile, args: string[]): Promise<Simulator> {
  const file = join(folder, 'cluster.json');
  writeFileSync(file, JSON.stringify(cluster));
  const child = openChild({
    name: 'simulator',
    command: [program, '--cluster', file, '--ca-file', join(folder, 'ca.pem'), ...args],
    env: neutralEnv(),
    ready: /^(\{"api".*\})$/m,
    folder,
  });
  const ready: Ready = JSON.parse(await child.start());
  return {
    child,
    env: {
      PROXMOX_HOSTS: Object.values(ready.nodes)
        .map((url) => new URL(url).host)
        .join(','),
      PROXMOX_TOKEN_ID: ready.token_id,
      PROXMOX_TOKEN_SECRET: ready.token_secret,
      PROXMOX_CA_FILE: ready.ca_file,
    },
    ...controlOf(ready.control),
  };
}

/** Speaks to the control address of a simulator that runs. */
export function controlOf(url: string): Control {
  const control = async <T = void>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`simulator: ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const state = () => control<State>('GET', '/state');
  return {
    state,
    moves: async (vmid) =>
      (await state()).tasks.filter((task) => task.id === String(vmid) && /migrate$/.test(task.type)),
    nodeOf: async (vmid) => (await state()).guests.find((guest) => guest.vmid === vmid)?.node,
    fault: (fault) => control('POST', '/faults', fault),
    clearFaults: () => control('DELETE', '/faults'),
    setNode: (node, status) => control('POST', `/nodes/${node}`, { status }),
    advance: (advance_s) => control('POST', '/clock', { advance_s }),
  };
}
