/** Ten simulated hours of faults: no crash, no wrong movable, health tells, recovers alone. [minutes] [--speed N] [--seed N] [--log FILE] */
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serviceNames } from '@proxbalance/contracts';
import { startReceiver } from '../tests/support/receiver.ts';
import { createDice } from './soak/dice.ts';
import { openEveryday } from './soak/everyday.ts';
import { finalChecks } from './soak/final-checks.ts';
import { openProduct } from './soak/product.ts';
import { simulatorAt } from './soak/simulator.ts';
import { dealer, storm } from './soak/storm.ts';
import { recordTruth } from './soak/truth.ts';
import { openWatch } from './soak/watch.ts';
import { printTable } from './support/figures.ts';
import { startSystem } from './support/system.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    speed: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string' },
  },
});
const minutes = Number(positionals[0] ?? 600);
const speed = Number(values.speed);
const seed = Number(values.seed);
if (!(minutes > 0 && speed > 0 && Number.isInteger(seed))) {
  console.error('Usage: npm run bench -- soak [minutes of simulated time] [--speed N] [--seed N] [--log FILE]');
  process.exit(2);
}

/*
 * The cluster's clock runs `--speed` times faster than ours: its tasks, fences and series are judged by nobody's watch. The
 * product ticks in real time, so everything that is asked of it is: two ticks to tell, a minute to recover, and a snapshot
 * is held against what was so around the real times it states. At a lower speed less happens between two ticks.
 */
const recoverWithinMs = 60_000;
const limits = { faults: 5, startWithinMs: 30_000, lastsMs: [3000, 45_000] } as const;

const violations = new Map<string, number>();
const complain = (what: string) => {
  // The same thing found again, at another time or of another guest, is counted with the first.
  const key = what.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…').replace(/guest \d+/g, 'guest …');
  if (!violations.has(key)) console.log(`VIOLATION ${new Date().toISOString()} ${what}`);
  violations.set(key, (violations.get(key) ?? 0) + 1);
};
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()));

const log = values.log ? createWriteStream(values.log) : null;
await using webhook = await startReceiver();
await using system = await startSystem('demo', serviceNames, {
  simulator: ['--speed', String(speed), '--seed', String(seed), '--auth-delay-ms', '1000'],
  env: { LOG_LEVEL: 'info' },
  onLine(name, line) {
    log?.write(`${name} ${line}\n`);
    if (!/^\{.*"level":[1-4]0,/.test(line) && !line.startsWith('{"api"'))
      complain(`${name} wrote: ${line.slice(0, 600)}`);
  },
  onExit: (name, code) => stop.signal.aborted || complain(`${name} ended: ${code}`),
});
const simulator = simulatorAt(system.control);
const url = await system.gatewayUrl();
const truth = await recordTruth(simulator.state, stop.signal);
await using product = await openProduct(url, simulator, complain);
await product.configure(webhook.url);
while ((await fetch(`${url}/api/analyze`)).status === 503) await sleep(250);
const watch = openWatch(url, truth, complain, stop.signal);

/** Seconds until all is well; complains when that takes too long, and waits on. */
async function recover(sinceMs: number): Promise<number> {
  for (let isLate = false; !stop.signal.aborted; await sleep(250)) {
    const left = watch.notYet(sinceMs);
    const tookMs = Date.now() - sinceMs;
    if (left.length === 0) return tookMs / 1000;
    if (tookMs > 3 * recoverWithinMs) return Number.POSITIVE_INFINITY;
    if (tookMs < recoverWithinMs || isLate) continue;
    isLate = true;
    complain(`not recovered ${recoverWithinMs / 1000} s after the last fault: ${left.slice(0, 5).join('; ')}`);
  }
  return Number.NaN;
}

const startedMs = Date.now();
await recover(startedMs - 1);
const memory = [system.rssMib()];
const dice = createDice(seed);
const everyday = openEveryday(dice, simulator, product, stop.signal);
const deal = dealer(dice);
const recoveries: number[] = [];
let faults = 0;
const realMs = (minutes * 60_000) / speed;
for (const endMs = startedMs + realMs; Date.now() < endMs && !stop.signal.aborted; ) {
  await sleep(2000);
  const names = Array.from({ length: 1 + Math.floor(dice.between(0, limits.faults)) }, deal);
  console.log(`storm ${recoveries.length + 1}: ${names.join(', ')}`);
  everyday.setStill(false);
  const nodes = [...truth.latest().nodes.keys()];
  await storm(dice, { simulator, product, nodes, vmids: everyday.vmids }, names, limits);
  everyday.setStill(true);
  faults += names.length;
  recoveries.push(await recover(Date.now()));
  console.log(`  well again after ${recoveries.at(-1)?.toFixed(1)} s`);
  if (memory.length === 1 && Date.now() - startedMs > realMs / 2) memory.push(system.rssMib());
}
everyday.setStill(true);
await finalChecks(product, simulator, complain);
memory.push(system.rssMib());
const simulatedHours = ((Date.now() - startedMs) * speed) / 3_600_000;
stop.abort();

const { accepted, ends } = product.moves();
const states = Map.groupBy(ends.values(), ({ state }) => state);
for (const { vmid, state, error, timeline } of ends.values())
  log?.write(`soak ${JSON.stringify({ vmid, state, error, timeline })}\n`);
printTable(`soak at speed ${speed}, seed ${seed}`, [
  ['simulated hours', simulatedHours.toFixed(1)],
  ['storms, faults in them', `${recoveries.length}, ${faults}`],
  ['snapshots, answers judged', `${watch.snapshots()}, ${watch.judged()}`],
  ['recovered after (s), slowest', Math.max(0, ...recoveries).toFixed(1)],
  ['moves taken', accepted.length],
  ['ended', [...states].map(([state, all]) => `${state} ${all.length}`).join(', ')],
  ['refused', JSON.stringify(Object.fromEntries(product.refusals()))],
  ...Object.keys(memory[0] ?? {}).map(
    (name) => [`RSS of ${name} (MiB)`, memory.map((one) => one[name]).join(' → ')] as const,
  ),
  ['violations', [...violations.values()].reduce((sum, count) => sum + count, 0)],
]);
for (const [what, count] of violations) console.log(`  ${count} × ${what}`);
process.exitCode = violations.size > 0 ? 1 : 0;
