import type { Migration, MigrationState, Settings } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';
import { MigrationRecord } from './record.ts';
import { acceptScript, admitScript, cancelScript, finishScript, saveScript } from './scripts.ts';

export type Reservation = Pick<Migration, 'vmid' | 'name' | 'type'> & {
  id: string;
  source: string;
  target: string;
  /** Holds its slots. */
  admitted: boolean;
  /** Younger moves that took a slot this one could not use yet. */
  overtaken: number;
};

/** Somebody else wrote the record since it was read: what is stored counts. */
export class StaleRecordError extends Error {}

/** What is stored can't be understood: written by another version, or damaged. */
export class UnreadableRecordError extends Error {}

/** Where migrations are written down, each step before it is acted on. */
export type Store = {
  /** Reserves the guest and stores the record; gives the id of the move in the way instead, or null. */
  accept(record: MigrationRecord): Promise<string | null>;
  /** Takes a slot in the cluster, on source and target; gives what is full instead, or null. */
  admit(migration: Migration, limits: Settings['migration_limits']): Promise<string | 'lost' | null>;
  /** Throws `StaleRecordError` when this is not the newest record, or when it wants to start what was called off. */
  save(record: MigrationRecord): Promise<MigrationRecord>;
  /** Calls a move off as long as its outcome is open; gives the state it was found in, null for an unknown one. */
  cancel(id: string): Promise<MigrationState | null>;
  /** Throws `UnreadableRecordError`. */
  load(id: string): Promise<MigrationRecord | null>;
  /** The end: frees guest and slots, and adds to the history, in one. Throws `StaleRecordError`. */
  finish(record: MigrationRecord): Promise<void>;
  /** Puts a record in the place of one that is missing or can't be read. */
  replace(record: MigrationRecord): Promise<void>;
  active(): Promise<Reservation[]>;
};

const keepSeconds = 90 * 24 * 60 * 60;
const overtakenMax = 3;

export function openStore(redis: RedisLink, keyPrefix: string): Store {
  const { client } = redis;
  const active = `${keyPrefix}:active`;
  const order = `${keyPrefix}:order`;
  const history = `${keyPrefix}:history`;
  const key = (id: string) => `${keyPrefix}:migration:${id}`;
  return {
    async accept(record) {
      const { vmid, migration_id: id } = record.migration;
      const reservation = JSON.stringify(reserve(record.migration));
      const text = JSON.stringify(record);
      const keys = [active, key(id), order];
      const inTheWay = await client.eval(acceptScript, 3, ...keys, vmid, reservation, text, record.version);
      return inTheWay === '' ? null : String(inTheWay);
    },
    async admit({ vmid, migration_id }, { cluster, per_source, per_target }) {
      const limits = [cluster, per_source, per_target, overtakenMax];
      const full = await client.eval(admitScript, 1, active, vmid, migration_id, ...limits);
      return full === '' ? null : String(full);
    },
    async save(record) {
      const next = { ...record, version: record.version + 1 };
      const written = await client.eval(saveScript, 1, key(record.migration.migration_id), ...write(record, next));
      if (written !== 1) throw new StaleRecordError(`migration ${record.migration.migration_id} has gone on`);
      return next;
    },
    async cancel(id) {
      const state = await client.eval(cancelScript, 1, key(id));
      return state === '' ? null : (String(state) as MigrationState);
    },
    async load(id) {
      const [text, cancel] = await client.hmget(key(id), 'record', 'cancel');
      return text ? parse(id, text, cancel === '1') : null;
    },
    async finish(record) {
      const { vmid, migration_id: id } = record.migration;
      const args = [...write(record, { ...record, version: record.version + 1 }), vmid, id, keepSeconds];
      const written = await client.eval(finishScript, 3, key(id), active, history, ...args);
      if (written !== 1) throw new StaleRecordError(`migration ${id} has gone on`);
    },
    async replace(record) {
      const [, version, state, text] = write(record, record);
      await client.hset(key(record.migration.migration_id), { version, state, record: text });
    },
    async active() {
      return (await client.hvals(active)).map((text) => JSON.parse(text) as Reservation);
    },
  };
}

const write = (read: MigrationRecord, next: MigrationRecord): [number, number, string, string] => [
  read.version,
  next.version,
  next.migration.state,
  JSON.stringify(next),
];

function parse(id: string, text: string, isCancelled: boolean): MigrationRecord {
  try {
    const record = MigrationRecord.parse(JSON.parse(text));
    if (!isCancelled) return record;
    return { ...record, migration: { ...record.migration, cancel_requested: true } };
  } catch (error) {
    throw new UnreadableRecordError(`the record of migration ${id} can't be read`, { cause: error });
  }
}

const reserve = (migration: Migration): Reservation => ({
  id: migration.migration_id,
  vmid: migration.vmid,
  name: migration.name,
  type: migration.type,
  source: migration.source_node,
  target: migration.target_node,
  admitted: false,
  overtaken: 0,
});
