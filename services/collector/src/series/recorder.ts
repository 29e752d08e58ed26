import type { ClusterSnapshot } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import type { Latest } from '../derive/node-history.ts';
import type { Catalogue, Move } from './catalogue.ts';
import type { SeriesKind } from './fields.ts';
import { lookAtGuests, lookAtNodes } from './measure.ts';
import { type Look, openSampler, type Sampler } from './sampler.ts';
import type { SeriesStore } from './store.ts';

/** Writes down what snapshots show, beside the ticks: none of them waits for it. */
export type Recorder = {
  record(snapshot: ClusterSnapshot, latest: ReadonlyMap<string, Latest>, moves: readonly Move[]): void;
  /** Writes what was gathered so far, and ends. */
  close(): Promise<void>;
};

export type RecorderDeps = { store: SeriesStore; catalogue: Catalogue; log: Log };

export function openRecorder({ store, catalogue, log }: RecorderDeps): Recorder {
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
  const write = async (kind: SeriesKind, ended: ReturnType<Sampler['end']>) => {
    const [first] = ended.values();
    if (!first) return;
    await store.appendRaw(kind, ended);
    await catalogue.touch(kind, [...ended.keys()], first.at);
  };
  const take = async (kind: SeriesKind, at: number, looks: Map<string, Look>) =>
    await write(kind, samplers[kind].add(at, looks));
  return {
    record(snapshot, latest, moves) {
      // A Redis that is slow must not make us hold snapshot after snapshot.
      if (waiting >= waitingMax) return;
      inTurn(async () => {
        const at = Math.floor(Date.parse(snapshot.collected_at) / 1000);
        const numbers = await catalogue.numbersOf(Object.keys(snapshot.nodes));
        await take('node', at, lookAtNodes(snapshot, latest));
        await take('guest', at, lookAtGuests(snapshot, numbers));
        await catalogue.addMoves(moves);
      });
    },
    async close() {
      inTurn(async () => {
        await write('node', samplers.node.end());
        await write('guest', samplers.guest.end());
      });
      await work;
    },
  };
}

const waitingMax = 3;
