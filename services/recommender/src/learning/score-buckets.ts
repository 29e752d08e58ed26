import type { NodeScorePoint, ScoreHistoryEntry } from '@proxbalance/contracts';
import { indexNodes, type NodeIndex } from './node-index.ts';
import type { ScoreRecord } from './score-record.ts';

/** Puts records together into the entries of an answer, as they come, oldest first. */
export type ScoreBuckets = {
  add(record: ScoreRecord): void;
  entries(): { history: ScoreHistoryEntry[]; bucket_minutes: number };
};

export type Wanted = {
  /** 0: each record is an entry */
  minutes: number;
  node?: string | undefined;
  /** The newest so many entries */
  limit?: number | undefined;
};

/** So many points of nodes an answer has at most, some 600 kB. Beyond it buckets get coarser. */
export const pointsMax = 10_000;
/** Each is made of whole ones of the step before, so that sums stay exact. */
const steps = [1, 5, 15, 30, 60, 180, 360, 720, 1440];

/** Sums of a node in a bucket: score, suitability, CPU, memory, and how many there were. */
const fields = 5;
type Bucket = {
  newest: number;
  health: number;
  healthCount: number;
  recommendations: number;
  generations: number;
  /** `fields` numbers for each node, at the place of the node */
  sums: number[];
};

export function openScoreBuckets({ minutes: asked, node, limit = Number.POSITIVE_INFINITY }: Wanted): ScoreBuckets {
  const index = indexNodes(node);
  let minutes = asked;
  let points = 0;
  let buckets: Bucket[] = [];

  const put = (bucket: Bucket) => {
    const last = buckets.at(-1);
    if (last && minutes > 0 && slot(last.newest, minutes) === slot(bucket.newest, minutes)) {
      points -= weight(last);
      merge(last, bucket);
      points += weight(last);
    } else {
      buckets.push(bucket);
      points += weight(bucket);
    }
    if (buckets.length > limit) points -= weight(buckets.shift() as Bucket);
  };
  const coarsen = () => {
    minutes = steps.find((step) => step > minutes && (minutes === 0 || step % minutes === 0)) ?? 2 * minutes;
    const finer = buckets;
    buckets = [];
    points = 0;
    finer.forEach(put);
  };
  return {
    add(record) {
      put(bucketOf(record, index));
      while (points > pointsMax && buckets.length > 1) coarsen();
    },
    entries: () => ({
      history: buckets.map((bucket) => entryOf(bucket, index, minutes > 0)),
      bucket_minutes: minutes,
    }),
  };
}

const slot = (at: number, minutes: number): number => Math.floor(at / (60_000 * minutes));
/** What a bucket adds to an answer, in points of nodes. */
const weight = ({ sums }: Bucket): number => 1 + sums.length / fields;

function bucketOf({ at, health, count, nodes }: ScoreRecord, index: NodeIndex): Bucket {
  const sums: number[] = [];
  index.each(nodes, (place, [score, cpu, mem]) => {
    const from = place * fields;
    while (sums.length < from + fields) sums.push(0);
    sums[from] = score;
    sums[from + 1] = 100 - Math.min(100, Math.max(0, score));
    sums[from + 2] = cpu;
    sums[from + 3] = mem;
    sums[from + 4] = 1;
  });
  return {
    newest: at,
    health: health ?? 0,
    healthCount: health === null ? 0 : 1,
    recommendations: count,
    generations: 1,
    sums,
  };
}

function merge(to: Bucket, from: Bucket): void {
  to.newest = Math.max(to.newest, from.newest);
  to.health += from.health;
  to.healthCount += from.healthCount;
  to.recommendations += from.recommendations;
  to.generations += from.generations;
  for (let at = 0; at < from.sums.length; at++) to.sums[at] = (to.sums[at] ?? 0) + (from.sums[at] ?? 0);
}

function entryOf(bucket: Bucket, { names }: NodeIndex, isMean: boolean): ScoreHistoryEntry {
  const health = bucket.healthCount === 0 ? null : bucket.health / bucket.healthCount;
  return {
    timestamp: new Date(bucket.newest).toISOString(),
    nodes: Object.fromEntries(names.flatMap((name, place) => pointOf(name, bucket.sums, place * fields))),
    cluster_health: health === null ? null : rounded(health, isMean ? 100 : 10),
    recommendation_count: bucket.recommendations,
    generation_count: bucket.generations,
  };
}

function pointOf(name: string, sums: readonly number[], from: number): [string, NodeScorePoint][] {
  const count = sums[from + 4] ?? 0;
  if (count === 0) return [];
  const mean = (field: number, to: number) => rounded((sums[from + field] ?? 0) / count, to);
  return [[name, { score: mean(0, 100), suitability: mean(1, 10), cpu: mean(2, 10), mem: mean(3, 10) }]];
}

const rounded = (value: number, to: number): number => Math.round(value * to) / to;
