import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Product } from './product.ts';
import type { SimulatedGuest, SimulatorControl } from './simulator.ts';

const gib = 2 ** 30;

/** What goes on in any cluster, faults or not: others work on it, and the product is used. */
export type Everyday = {
  vmids(): readonly number[] /** While it is still, nothing is created or deleted. */;
  setStill(still: boolean): void;
};

type Deed = (guest: SimulatedGuest) => Promise<unknown>;

export function openEveryday(dice: Dice, simulator: SimulatorControl, product: Product, signal: AbortSignal): Everyday {
  let vmids: number[] = [];
  let isStill = false;
  let nextVmid = 1000;
  const deeds = deedsOf(dice, simulator, product);
  const create = async (node: string) => {
    const vmid = nextVmid++;
    const type = dice.pick(['qemu', 'lxc']);
    const disks = [
      { key: type === 'lxc' ? 'rootfs' : 'scsi0', storage: dice.pick(['ceph1', 'local-zfs']), size_bytes: 8 * gib },
    ];
    const tags = dice.unit() < 0.3 ? ['exclude_soak'] : [];
    const config = dice.unit() < 0.2 && type === 'qemu' ? { hostpci0: '0000:01:00.0' } : {};
    const load = { cpu: dice.between(0, 0.5), mem_used_bytes: gib };
    await simulator.addGuest({ vmid, type, node, cores: 2, mem_bytes: 2 * gib, disks, tags, config, load });
  };
  const doOne = async () => {
    const { guests, nodes, tasks } = await simulator.state();
    vmids = guests.filter(({ template }) => !template).map(({ vmid }) => vmid);
    const guest = dice.pick(guests.filter(({ template }) => !template));
    const isBusy = tasks.some(({ id, status }) => status === 'running' && id === String(guest.vmid));
    const draw = dice.unit();
    if (draw < 0.08 && !isStill && guests.length < 90) return await create(dice.pick(nodes).name);
    if (draw < 0.13 && !isStill && guest.vmid >= 1000) return await simulator.removeGuest(guest.vmid);
    // A lock that a worker left behind when it died is taken away by hand.
    if (guest.lock === 'migrate' && !isBusy) return await simulator.editGuest(guest.vmid, { lock: null });
    if (draw < 0.18 && !isBusy) return await simulator.editGuest(guest.vmid, { node: dice.pick(nodes).name });
    if (!isBusy || draw > 0.5) await dice.pick(deeds)(guest);
  };
  void (async () => {
    while (!signal.aborted) {
      await sleep(dice.between(100, 1200));
      await doOne().catch((error: Error) => {
        // The guest may be gone by now.
        if (!/there is no guest|ECONNREFUSED|fetch failed/.test(error.message))
          console.log(`  everyday: ${error.message}`);
      });
    }
  })();
  return {
    vmids: () => vmids,
    setStill: (still) => {
      isStill = still;
    },
  };
}

function deedsOf(dice: Dice, simulator: SimulatorControl, product: Product): Deed[] {
  const load: Deed = ({ vmid }) =>
    simulator.setLoad({ vmid, cpu: dice.between(0, 1), mem_used_bytes: dice.between(0.1, 1) * gib });
  const tags: Deed = ({ vmid, tags: before }) => {
    const after = before.includes('edited') ? before.filter((tag) => tag !== 'edited') : [...before, 'edited'];
    return simulator.editGuest(vmid, { tags: after });
  };
  const device: Deed = ({ vmid, type, config }) =>
    type === 'qemu' && vmid >= 1000
      ? simulator.editGuest(vmid, { config: { hostpci0: config.hostpci0 ? null : '0000:02:00.0' } })
      : Promise.resolve();
  const power: Deed = ({ vmid, status }) =>
    simulator.editGuest(vmid, { status: status === 'running' ? 'stopped' : 'running' });
  const move: Deed = ({ vmid }) => product.moveAnywhere(dice, vmid);
  const tag: Deed = ({ vmid, tags: before }) =>
    before.includes('ours') ? product.untag(vmid, 'ours') : product.tag(vmid, 'ours');
  return [load, load, load, load, tags, tags, device, power, move, move, tag, () => product.refresh()];
}
