import type { GuestMove } from '@proxbalance/contracts';
import type { Series } from '../series/reader.ts';
import { brokerDown } from './refusals.ts';

type Deps = { series: Pick<Series, 'catalogue'>; now: () => Date };

export const readGuestMoves =
  ({ series, now }: Deps) =>
  async ({ hours }: { hours: number }): Promise<{ moves: GuestMove[] }> => {
    const since = Math.floor(now().getTime() / 1000) - hours * 3600;
    const moves = await series.catalogue.moves(since).catch(brokerDown);
    return {
      moves: moves.map(({ at, vmid, from, to }) => ({
        at: new Date(at * 1000).toISOString(),
        vmid,
        source_node: from,
        target_node: to,
      })),
    };
  };
