/** How long asks for node scores take while the cluster is judged again and again. Arguments: sizes such as 64x10000. */
import { loadavg } from 'node:os';
import { Generate, ScoreNodes } from '@proxbalance/contracts';
import { type Bus, pause } from '@proxbalance/service-kit';
import { openBenchBus } from './support/bus.ts';
import { median, printTable, sizes } from './support/figures.ts';
import { keepJudging } from './support/keep-judging.ts';
import { keepTelling } from './support/keep-telling.ts';
import { startSystem } from './support/system.ts';

const seconds = 15;
const askEveryMs = 10;

for (const size of sizes(process.argv.length > 2 ? process.argv.slice(2) : ['64x10000']))
  for (const inOneProcess of [false, true]) {
    await using system = await startSystem(null, ['recommender', 'gateway'], { inOneProcess });
    const { bus, close } = await openBenchBus(system.env);
    const url = await system.gatewayUrl();
    const snapshots = keepTelling({ env: system.env, nodes: size.nodes, guests: size.guests });
    while (!(await bus.ask(Generate, {})).ok) await pause(100);
    await scored(bus, url, seconds / 3);
    const [idle, idleMib] = [await scored(bus, url, seconds), system.rssMib()];
    const generations = keepJudging(url);
    const busy = await scored(bus, url, seconds);
    const judged = await generations.end();
    const where = inOneProcess ? 'all services in one process' : 'each service its own process';
    printTable(`responsive ${size.label}, ${where}`, [
      ['generations meanwhile', `${judged.length}, one in ${median(judged).toFixed(0)} ms (median)`],
      ['node-scores over the bus, idle', idle.bus],
      ['the same while judging', busy.bus],
      ['node-scores over HTTP, idle', idle.http],
      ['the same while judging', busy.http],
      ['RSS before and after (MiB)', `${JSON.stringify(idleMib)} -> ${JSON.stringify(system.rssMib())}`],
      ['load of the machine', loadavg()[0]?.toFixed(1) ?? ''],
    ]);
    await snapshots.end();
    await close();
  }

/** Asks over and over, each time with other thresholds: no answer is there already. */
async function scored(bus: Bus, url: string, forSeconds: number): Promise<{ bus: string; http: string }> {
  const until = performance.now() + forSeconds * 1000;
  const wish = () => ({ cpu_threshold: 40 + Math.random() * 50 });
  const throughBus = repeat(until, async () => {
    const outcome = await bus.ask(ScoreNodes, wish());
    if (!outcome.ok) throw new Error(outcome.error.message);
  });
  const throughHttp = repeat(until, async () => {
    const answer = await post(`${url}/api/node-scores`, wish());
    if (!answer.ok) throw new Error(`${answer.status}`);
  });
  return { bus: spread(await throughBus), http: spread(await throughHttp) };
}

async function repeat(until: number, ask: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < until) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  return times;
}

/** The body is not looked at: that would keep the clock waiting. */
async function post(url: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.ok) await answer.arrayBuffer();
  return answer;
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms (${times.length} asks)`;
}
