import {
  DeleteGuestTag,
  errorStatus,
  GetMigrationStatus,
  isFinal,
  type Migration,
  PostConfig,
  PostGuestTag,
  PostMigrate,
  PostRefresh,
  type RouteContract,
} from '@proxbalance/contracts';
import { openApi } from '../../tests/support/api.ts';
import { openEvents } from '../../tests/support/event-reader.ts';
import type { Dice } from './dice.ts';
import type { SimulatorControl } from './simulator.ts';

/** The product as its users drive it, and what became of what they asked for. */
export type Product = AsyncDisposable & {
  configure(webhookUrl: string): Promise<void>;
  /** Asks for a move to another node, whichever; a refusal is an answer. */
  moveAnywhere(dice: Dice, vmid: number): Promise<void>;
  tag(vmid: number, tag: string): Promise<void>;
  untag(vmid: number, tag: string): Promise<void>;
  refresh(): Promise<void>;
  /** Moves that were taken and of which no end is known. */
  open(): Promise<string[]>;
  moves(): {
    /** Requests by guest, refused ones as well. */
    asked: ReadonlyMap<string, number>;
    accepted: readonly { vmid: number; id: string }[];
    ends: ReadonlyMap<string, Migration>;
    told: ReadonlyMap<string, number>;
  };
  refusals(): ReadonlyMap<string, number>;
};

export async function openProduct(
  url: string,
  simulator: SimulatorControl,
  complain: (what: string) => void,
): Promise<Product> {
  const api = openApi(() => url);
  const events = await openEvents(url, { types: 'migration.*' });
  const asked = new Map<string, number>();
  const accepted: { vmid: number; id: string }[] = [];
  const refusals = new Map<string, number>();
  const ends = new Map<string, Migration>();
  /** A refusal is one of those declared, never our own failure. */
  const send = async <C extends RouteContract>(contract: C, input: Parameters<typeof api.ask<C>>[1]) => {
    try {
      return await api.ask(contract, input);
    } catch (error) {
      const { message } = error as Error;
      const code = /"code":"([\w-]+)"/.exec(message)?.[1] ?? 'none';
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
      if (!(code in errorStatus) || code === 'internal') complain(message);
      return null;
    }
  };
  return {
    async configure(webhookUrl) {
      const providers = { webhook: { enabled: true, url: webhookUrl } };
      const notifications = { enabled: true, on_collector_status: true, providers };
      await api.ask(PostConfig, {
        body: {
          automated_migrations: { enabled: true, check_interval_minutes: 1, notifications },
          migration_limits: { cluster: 8, per_source: 4, per_target: 4 },
        },
      });
    },
    async moveAnywhere(dice, vmid) {
      const { guests, nodes } = await simulator.state();
      const source = guests.find((guest) => guest.vmid === vmid)?.node;
      if (!source) return;
      const target = dice.pick(nodes.filter(({ name }) => name !== source)).name;
      asked.set(String(vmid), (asked.get(String(vmid)) ?? 0) + 1);
      const taken = await send(PostMigrate, { body: { vmid, source_node: source, target_node: target } });
      if (taken) accepted.push({ vmid, id: taken.migration_id });
    },
    tag: async (vmid, tag) => void (await send(PostGuestTag, { params: { vmid: String(vmid) }, body: { tag } })),
    untag: async (vmid, tag) => void (await send(DeleteGuestTag, { params: { vmid: String(vmid), tag } })),
    refresh: async () => void (await send(PostRefresh, {})),
    async open() {
      for (const { data } of events.seen) {
        const migration = data as Migration;
        if (isFinal(migration.state)) ends.set(migration.migration_id, migration);
      }
      // The stream of a gateway may have been cut; the latest move of a guest can be asked for.
      for (const { vmid, id } of accepted.filter((one) => !ends.has(one.id))) {
        const status = await api.ask(GetMigrationStatus, { params: { vmid: String(vmid) } }).catch(() => null);
        const migration = status?.migration;
        if (migration?.migration_id === id && isFinal(migration.state)) ends.set(id, migration);
      }
      return accepted.filter(({ id }) => !ends.has(id)).map(({ vmid, id }) => `${vmid} (${id})`);
    },
    moves: () => ({ asked, accepted, ends, told: endsTold(events.seen.map(({ data }) => data as Migration)) }),
    refusals: () => refusals,
    [Symbol.asyncDispose]: () => events[Symbol.asyncDispose](),
  };
}

/** How often the end of each move was told. */
function endsTold(seen: readonly Migration[]): Map<string, number> {
  const ended = seen.filter(({ state }) => isFinal(state));
  return new Map([...Map.groupBy(ended, ({ migration_id }) => migration_id)].map(([id, all]) => [id, all.length]));
}
