import type { Migration, Settings } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';
import { MigrationRecord } from './record.ts';
import { acceptScript, admitScript, claimStartScript, finishScript } from './scripts.ts';

export type Reservation = { id: string; source: string; target: string; admitted: boolean };

/** Where migrations are written down, each step before it is acted on. */
export type Store = {
  /** Reserves the guest and stores the record; gives the id of the move in the way instead, or null. */
  accept(record: MigrationRecord): Promise<string | null>;
  /** Takes a slot in the cluster, on source and target; gives what is full instead, or null. */
  admit(migration: Migration, limits: Settings['migration_limits']): Promise<string | null>;
  /** Writes `record` only if the stored one is still `checking`: of all who try, one may start the task. */
  claimStart(record: MigrationRecord): Promise<boolean>;
  save(record: MigrationRecord): Promise<void>;
  load(id: string): Promise<MigrationRecord | null>;
  /** The end: frees guest and slots, and adds to the history, in one. */
  finish(record: MigrationRecord): Promise<void>;
  active(): Promise<Reservation[]>;
};

const keepSeconds = 90 * 24 * 60 * 60;

export function openStore(redis: RedisLink, keyPrefix: string): Store {
  const { client } = redis;
  const active = `${keyPrefix}:active`;
  const history = `${keyPrefix}:history`;
  const key = (id: string) => `${keyPrefix}:migration:${id}`;
  return {
    async accept(record) {
      const { migration } = record;
      const reservation = JSON.stringify(reserve(migration));
      const inTheWay = await client.eval(acceptScript, 2, active, key(migration.migration_id), migration.vmid, reservation, JSON.stringify(record));
      return inTheWay === '' ? null : String(inTheWay);
    },
    async admit({ vmid, migration_id }, limits) {
      const full = await client.eval(admitScript, 1, active, vmid, migration_id, limits.cluster, limits.per_source, limits.per_target);
      return full === '' ? null : String(full);
    },
    async claimStart(record) {
      const won = await client.eval(claimStartScript, 1, key(record.migration.migration_id), JSON.stringify(record), 'checking');
      return won === 1;
    },
    async save(record) {
      await client.set(key(record.migration.migration_id), JSON.stringify(record));
    },
    async load(id) {
      const text = await client.get(key(id));
      return text ? MigrationRecord.parse(JSON.parse(text)) : null;
    },
    async finish(record) {
      const { vmid, migration_id: id } = record.migration;
      await client.eval(finishScript, 3, active, key(id), history, vmid, id, JSON.stringify(record), keepSeconds);
    },
    async active() {
      return (await client.hvals(active)).map((text) => JSON.parse(text) as Reservation);
    },
  };
}

const reserve = (migration: Migration): Reservation => ({
  id: migration.migration_id,
  source: migration.source_node,
  target: migration.target_node,
  admitted: false,
});
