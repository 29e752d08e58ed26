import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSnapshot } from '@proxbalance/contracts';
import { judgeSnapshot } from './judge.ts';
import { dueSigns, type Health } from './signs.ts';
import type { Truth } from './truth.ts';

export type Watch = {
  snapshots(): number;
  judged(): number;
  /** What is still not as it should be once nothing is wrong any more; empty: all is well again. `sinceMs`: when the last fault ended. */
  notYet(sinceMs: number): string[];
};

const everyMs = 500;
/** Two ticks, and what a snapshot takes. */
const tellWithinMs = 25_000;
/** A tick that waits for an answer which does not come gives up after this long. */
const patienceMs = 20_000;
/** A tick and what it takes. A guest that is younger need not be known. */
const settleMs = 15_000;

/** Looks at the product from outside, twice a second, and compares what it says with the truth. */
export function openWatch(url: string, truth: Truth, complain: (what: string) => void, signal: AbortSignal): Watch {
  let snapshot: ClusterSnapshot | null = null;
  let health: Health | null = null;
  let count = 0;
  let judged = 0;
  let etag = '';
  let waitsMs = 0;
  const untold = new Map<string, { sinceMs: number; wasTold: boolean }>();

  const readSnapshot = async () => {
    const answer = await fetch(`${url}/api/analyze?fields=no-trends`, { headers: { 'if-none-match': etag } });
    if (answer.status === 304) return;
    if (answer.status !== 200) return complain(`/api/analyze answered ${answer.status}: ${await answer.text()}`);
    etag = answer.headers.get('etag') ?? '';
    const { data } = (await answer.json()) as { data: ClusterSnapshot };
    // The moments around it must have been seen before it can be judged.
    await sleep(everyMs);
    for (const wrong of judgeSnapshot(data, truth, Date.now())) complain(`${wrong} (snapshot of ${data.collected_at})`);
    if (data.snapshot_id !== snapshot?.snapshot_id) count++;
    judged++;
    snapshot = data;
  };
  const readHealth = async () => {
    const answer = await fetch(`${url}/api/health`);
    if (answer.status !== 200) return complain(`/api/health answered ${answer.status}: ${await answer.text()}`);
    health = (await answer.json()) as Health;
    const { faults } = truth.latest();
    if (faults.some(({ kind }) => kind === 'node-hangs' || kind === 'api-latency')) waitsMs = Date.now() + patienceMs;
    const due = dueSigns(truth.latest());
    for (const what of untold.keys()) if (!due.some((sign) => sign.what === what)) untold.delete(what);
    for (const { what, isTold } of due) {
      if (isTold(health.problems)) untold.delete(what);
      else if (!untold.has(what)) untold.set(what, { sinceMs: Date.now(), wasTold: false });
    }
    const allowedMs = tellWithinMs + (Date.now() < waitsMs ? patienceMs : 0);
    for (const [what, one] of untold) {
      if (one.wasTold || Date.now() - one.sinceMs < allowedMs) continue;
      one.wasTold = true;
      complain(`health does not tell: ${what}; it says ${JSON.stringify(health.problems)}`);
    }
  };
  void (async () => {
    while (!signal.aborted) {
      await Promise.all([readSnapshot(), readHealth()]).catch((error: Error) => {
        if (!signal.aborted) complain(`the gateway did not answer: ${error.message}`);
      });
      await sleep(everyMs);
    }
  })();
  return {
    snapshots: () => count,
    judged: () => judged,
    notYet: (sinceMs) => (snapshot && health ? whatIsLeft(snapshot, health, truth, sinceMs) : ['nothing was read yet']),
  };
}

function whatIsLeft(snapshot: ClusterSnapshot, health: Health, truth: Truth, sinceMs: number): string[] {
  const isNewer = (readAt: string | null) => readAt !== null && Date.parse(readAt) > sinceMs;
  const { read_at, unknown, nodes } = snapshot;
  const before = truth.during(Date.now() - settleMs, Date.now()) ?? [];
  const stale = (['resources', 'quorum', 'tasks'] as const).filter((part) => !isNewer(read_at[part]));
  return [
    ...(health.ready ? [] : ['a dependency is missing']),
    ...health.problems.map(({ code, detail }) => `health says ${code} ${detail ?? ''}`),
    ...stale.map((part) => `${part} not read since`),
    ...unknown,
    ...Object.values(nodes).flatMap(({ name, status, unknown: parts }) => [
      ...(status === 'online' ? [] : [`${name} is ${status}`]),
      ...parts.map((part) => `${part} of ${name}`),
    ]),
    ...Object.values(snapshot.guests).flatMap(({ vmid, movable, config_read_at }) => {
      // A change of the configuration alone is not seen before its turn comes.
      const known = truth.during(Date.parse(config_read_at ?? '') - settleMs, Date.now()) ?? [];
      const isFree =
        before.length > 0 &&
        known.length > 0 &&
        before.every(({ guests }) => guests.get(vmid)?.live === '') &&
        known.every(({ guests }) => guests.get(vmid)?.config === '');
      return isFree && !movable.online
        ? [`guest ${vmid} is free and not said to be movable: ${movable.reasons[0]?.detail}`]
        : [];
    }),
  ];
}
