/** The control side of the simulator, as far as the soak uses it. */
export type SimulatorControl = {
  state(): Promise<SimulatorState>;
  fault(fault: object): Promise<number>;
  lift(id: number): Promise<void>;
  liftAll(): Promise<void>;
  setNode(node: string, status: 'online' | 'offline'): Promise<void>;
  setLoad(load: { vmid: number; cpu: number; mem_used_bytes: number }): Promise<void>;
  addGuest(guest: object): Promise<void>;
  editGuest(vmid: number, change: object): Promise<void>;
  removeGuest(vmid: number): Promise<void>;
};

export type SimulatedGuest = {
  vmid: number;
  type: 'qemu' | 'lxc';
  node: string;
  status: string;
  lock: string | null;
  tags: string[];
  template: boolean;
  config: Record<string, string | number>;
};

export type Fault = {
  id: number;
  kind: string;
  node?: string;
  vmid?: number;
  storage?: string;
  path?: string;
  ms?: number;
  times_left: number | null;
};

export type SimulatedTask = { type: string; id: string; user: string; status: string; exitstatus: string | null };

export type SimulatorState = {
  quorate: boolean;
  nodes: { name: string; status: string }[];
  guests: SimulatedGuest[];
  tasks: SimulatedTask[];
  faults: Fault[];
};

export function simulatorAt(url: string): SimulatorControl {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`simulator: ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    state: () => ask('GET', '/state'),
    fault: async (fault) => (await ask<{ id: number }>('POST', '/faults', fault)).id,
    // It may have been used up.
    lift: async (id) => void (await ask('DELETE', `/faults/${id}`).catch(() => undefined)),
    liftAll: () => ask('DELETE', '/faults'),
    setNode: (node, status) => ask('POST', `/nodes/${node}`, { status }),
    setLoad: (load) => ask('POST', '/load', load),
    addGuest: (guest) => ask('POST', '/guests', guest),
    editGuest: (vmid, change) => ask('POST', `/guests/${vmid}`, change),
    removeGuest: (vmid) => ask('DELETE', `/guests/${vmid}`),
  };
}
