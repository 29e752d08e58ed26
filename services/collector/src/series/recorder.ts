import { setImmediate as turn } from 'node:timers/promises';
import type { ClusterSnapshot } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import type { Latest } from '../derive/node-history.ts';
import type { Catalogue, Move } from './catalogue.ts';
import type { SeriesKind } from './fields.ts';
import { lookAtGuest, lookAtNode, secondsOf } from './measure.ts';
import { type Ended, openSampler } from './sampler.ts';
import type { SeriesStore } from './store.ts';

/** Writes down what snapshots show, beside the ticks: none of them waits for it. */
export type Recorder = {
  record(snapshot: ClusterSnapshot, latest: ReadonlyMap<string, Latest>, moves: readonly Move[]): void;
  /** Resolves when what was recorded so far is written, as far as its time is over. */
  settled(): Promise<void>;
  /** Writes what was gathered so far, and ends. */
  close(): Promise<void>;
};

export type RecorderDeps = { store: SeriesStore; catalogue: Catalogue; log: Log; now: () => Date };

const waitingMax = 3;
const flushEveryMs = 20_000;
/** A snapshot is recorded a little after the moment it is of. */
const lateSeconds = 20;

export function openRecorder({ store, catalogue, log, now }: RecorderDeps): Recorder {
  const samplers = { node: openSampler('node'), guest: openSampler('guest') };
  let work = Promise.resolve();
  let waiting = 0;
  const inTurn = (task: () => Promise<void>) => {
    waiting++;
    work = work
      .then(task)
      .catch((error: unknown) => log.warn({ err: error }, 'samples could not be stored: they are missing from history'))
      .finally(() => waiting--);
  };
  // A Redis that is slow must not make us hold snapshot after snapshot.
  const inTurnIfFew = (task: () => Promise<void>) => waiting < waitingMax && inTurn(task);
  const writeBoth = async (endedOf: (kind: SeriesKind) => Ended) => {
    const ended = (['node', 'guest'] as const).map((kind) => [kind, endedOf(kind)] as const);
    for (const [kind, bucket] of ended) {
      if (bucket.ids.length === 0) continue;
      await store.appendRaw(kind, bucket);
      await catalogue.touch(kind, bucket.ids, bucket.at);
    }
  };
  const look = async ({ nodes, guests, ...snapshot }: ClusterSnapshot, latest: ReadonlyMap<string, Latest>) => {
    const at = secondsOf(snapshot);
    const numbers = await catalogue.numbersOf(Object.keys(nodes));
    const ended = { node: samplers.node.turnTo(at), guest: samplers.guest.turnTo(at) };
    for (const node of Object.values(nodes)) {
      const seen = lookAtNode(node, latest.get(node.name), at);
      if (seen) samplers.node.add(node.name, seen);
    }
    for (const part of parts(Object.values(guests))) {
      for (const guest of part) {
        const seen = lookAtGuest(guest, numbers);
        if (seen) samplers.guest.add(String(guest.vmid), seen);
      }
      await turn();
    }
    await writeBoth((kind) => ended[kind]);
  };
  // Another replica may take every tick from here on: what this one saw has to be there when the hour is rolled up.
  const flush = setInterval(() => {
    const over = now().getTime() / 1000 - lateSeconds;
    inTurnIfFew(() => writeBoth((kind) => samplers[kind].endBefore(over)));
  }, flushEveryMs).unref();
  return {
    record(snapshot, latest, moves) {
      inTurnIfFew(async () => {
        await look(snapshot, latest);
        await catalogue.addMoves(moves);
      });
    },
    settled: () => work,
    async close() {
      clearInterval(flush);
      inTurn(() => writeBoth((kind) => samplers[kind].end()));
      await work;
    },
  };
}

/** So many guests at a time: a millisecond of work. */
const slice = 1000;

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += slice) yield all.slice(from, from + slice);
}
