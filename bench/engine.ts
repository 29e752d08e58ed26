/** What a judgement costs: processor time by size of the cluster, and how it grows. Arguments: sizes such as 8x200. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultPenalties, type GuestProfile, type NodeTrend } from '@proxbalance/contracts';
import {
  analyzeNode,
  explainGuest,
  migrationOptions,
  type NodeSample,
  profileGuest,
  recommend,
  scoreNodes,
} from '@proxbalance/engine';
import { generateCluster } from '../libs/engine/src/testing/generate.ts';
import { median, sizes } from './support/figures.ts';

/** Seconds the earlier system took, with its history database and without any history. */
const earlier: Record<string, readonly [withHistory: string, without: string]> = {
  '8x200': ['1.3-1.8 s', '15 ms'],
  '16x1000': ['17-20 s', '0.22 s'],
  '32x4000': ['135-149 s', '2.0 s'],
  '64x10000': ['582-672 s', '11-15 s'],
};
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const now = Date.UTC(2026, 1, 8, 10) / 1000;
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(earlier);

const rows = sizes(chosen).map(({ label, nodes, guests }) => {
  const snapshot = generateCluster({ nodes, guests });
  const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
  const input = { snapshot, thresholds, config: defaultPenalties(), maintenanceNodes: [] };
  const names = Object.keys(snapshot.nodes);
  const samples = new Map(names.map((name, n) => [name, week(n)]));
  const trendsOf = () => Object.fromEntries(names.map((name) => [name, trendOf(name, samples.get(name) ?? [])]));
  const trends = trendsOf();
  const profiles = Object.fromEntries(Object.keys(snapshot.guests).map((vmid, i) => [vmid, profileOf(i)]));
  return {
    label,
    guests,
    // Before anything else has made the process larger.
    growth: growthMib(() => recommend({ ...input, trends, profiles })),
    moves: recommend(input).recommendations.length,
    judge: cpuMs(() => recommend(input)),
    judgeAll: cpuMs(() => recommend({ ...input, trends, profiles })),
    analyze: cpuMs(trendsOf),
    score: cpuMs(() => scoreNodes({ ...input, trends })),
    options: cpuMs(() => migrationOptions({ ...input, trends, vmid: 100 })),
    explain: cpuMs(() => explainGuest({ ...input, trends, vmid: 100 })),
  };
});

print([
  'cluster',
  'moves',
  'recommend',
  '+ trends',
  'trends',
  'nodes',
  'options',
  'explain',
  'RSS',
  'earlier',
  'no history',
]);
for (const { label, moves, growth, judge, judgeAll, analyze, score, options, explain } of rows) {
  print([
    label,
    String(moves),
    ...[judge, judgeAll, analyze, score, options, explain].map(ms),
    `+${growth} MiB`,
    ...(earlier[label] ?? ['', '']),
  ]);
}
if (rows.length > 1)
  print(['exponent', '', ...(['judge', 'judgeAll', 'analyze', 'score', 'options', 'explain'] as const).map(exponent)]);
console.log(`
Median processor time of warm runs, one after another in one process.
recommend: a judgement; + trends: the same with trends of all nodes and profiles of all guests given;
trends: working out those of all nodes from a week of samples; nodes: scores of all nodes;
options: where one guest could go; explain: why it moves or stays; RSS: what ten judgements with trends add to the process,
which has the cluster already; earlier, no history: the earlier system, with its history
database and without (there node scores took 0.2-0.4 s, options 0.24-0.28 s).
exponent: of the growth with the number of guests, 1 is linear.`);

/** Median processor time of a call, ms: at least 5 of them, and half a second altogether. */
function cpuMs(call: () => unknown): number {
  const times: number[] = [];
  let spent = 0;
  call();
  while (times.length < 5 || (spent < 500 && times.length < 200)) {
    const before = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    spent += (user + system) / 1000;
  }
  return median(times);
}

/** How much larger the process gets over ten calls, MiB. */
function growthMib(call: () => unknown): number {
  collectGarbage();
  const before = process.memoryUsage.rss();
  let most = before;
  for (let time = 0; time < 10; time++) {
    call();
    most = Math.max(most, process.memoryUsage.rss());
  }
  return Math.round((most - before) / 1024 ** 2);
}

/** Slope of log(time) over log(guests), by least squares. */
function exponent(of: 'judge' | 'judgeAll' | 'analyze' | 'score' | 'options' | 'explain'): string {
  const x = rows.map((row) => Math.log(row.guests));
  const y = rows.map((row) => Math.log(row[of]));
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [middle(x), middle(y)];
  const xy = x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0);
  return (xy / x.reduce((sum, value) => sum + (value - mx) ** 2, 0)).toFixed(2);
}

/** Two days of samples every five minutes and five days of hourly ones before. */
function week(seed: number): NodeSample[] {
  const at = (hoursAgo: number, sample_count: number): NodeSample => ({
    at: now - hoursAgo * 3600,
    cpu: 40 + 15 * Math.sin(hoursAgo / 3.8 + seed) - hoursAgo * 0.01,
    memory: 50 + ((hoursAgo * 7 + seed) % 3),
    iowait: 2 + (seed % 5),
    sample_count,
  });
  const hourly = Array.from({ length: 120 }, (_, i) => at(168 - i, 12));
  return [...hourly, ...Array.from({ length: 576 }, (_, i) => at(48 - i / 12, 1))];
}

function trendOf(node: string, samples: readonly NodeSample[]): NodeTrend {
  return analyzeNode({ node, samples, now });
}

function profileOf(seed: number): GuestProfile {
  const peak = 1 + (seed % 5) / 2;
  return profileGuest(
    Array.from({ length: 24 }, (_, i) => ({ at: i * 3600, avg: 10 + (i % 4), p95: (10 + (i % 4)) * peak })),
  );
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(i < 9 ? 10 : 13))).join(' '));
}
