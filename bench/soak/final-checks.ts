import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from './product.ts';
import type { SimulatorControl } from './simulator.ts';

const endWithinMs = 120_000;

/** When all faults are over: every move that was taken has ended, was told once, and was never started twice. */
export async function finalChecks(
  product: Product,
  simulator: SimulatorControl,
  complain: (what: string) => void,
): Promise<void> {
  const startedMs = Date.now();
  let open = await product.open();
  while (open.length > 0 && Date.now() - startedMs < endWithinMs) {
    await sleep(1000);
    open = await product.open();
  }
  if (open.length > 0) complain(`moves without an end: ${open.join(', ')}`);
  const { accepted, asked, told } = product.moves();
  for (const { vmid, id } of accepted) {
    const times = told.get(id) ?? 0;
    if (times > 1) complain(`the end of move ${id} of ${vmid} was told ${times} times`);
  }
  const { tasks } = await simulator.state();
  const ours = tasks.filter(({ type, user }) => /migrate$/.test(type) && user.includes('!'));
  for (const [vmid, started] of Map.groupBy(ours, ({ id }) => id)) {
    const times = asked.get(vmid) ?? 0;
    if (started.length > times) complain(`guest ${vmid} was moved ${started.length} times, asked for ${times} times`);
  }
}
