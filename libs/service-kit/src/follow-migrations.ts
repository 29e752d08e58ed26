import { isFinal, Migration } from '@proxbalance/contracts';
import type { Bus } from './bus/bus.ts';
import type { Envelope } from './bus/envelope.ts';

/** The product's own migrations as its events tell them: a read model of this process. */
export type MigrationsView = {
  /** The newest one of a guest. */
  ofGuest(vmid: number): Migration | undefined;
  /** Those that have not ended. */
  active(): Migration[];
  /** Called for each state that is newer than what was known. */
  onChange(listener: (migration: Migration) => void): void;
};

const lookBackMs = 24 * 60 * 60_000;

/**
 * Reads back a day, so that a process that just started knows what is going on; and forgets what there was no news of for
 * a day, so that one that runs for months knows the same.
 */
export function followMigrations(bus: Pick<Bus, 'observeAll'>): MigrationsView {
  // In the order of their last news.
  const newest = new Map<number, { migration: Migration; heardAt: number }>();
  const listeners = new Set<(migration: Migration) => void>();
  const hear = (envelope: Envelope) => {
    if (!envelope.type.startsWith('migration.')) return;
    const parsed = Migration.safeParse(envelope.data);
    if (!parsed.success) return;
    const migration = parsed.data;
    if (!isNewer(migration, newest.get(migration.vmid)?.migration)) return;
    newest.delete(migration.vmid);
    newest.set(migration.vmid, { migration, heardAt: Date.parse(envelope.time) });
    forgetOld(newest, Date.now() - lookBackMs);
    for (const listener of listeners) listener(migration);
  };
  bus.observeAll(new Date(Date.now() - lookBackMs), hear, 'migration');
  return {
    ofGuest: (vmid) => newest.get(vmid)?.migration,
    active: () => [...newest.values()].map(({ migration }) => migration).filter(({ state }) => !isFinal(state)),
    onChange: (listener) => void listeners.add(listener),
  };
}

/** Events of one migration come in order, but may come twice; an ended one never goes on. A guest makes one move at a time. */
function isNewer(next: Migration, known: Migration | undefined): boolean {
  if (!known) return true;
  if (known.migration_id === next.migration_id) return !isFinal(known.state) || isFinal(next.state);
  // Moves may be accepted by replicas whose clocks differ: one that begins after the known one ended comes after it.
  return next.requested_at >= known.requested_at || (isFinal(known.state) && !isFinal(next.state));
}

function forgetOld(newest: Map<number, { heardAt: number }>, before: number): void {
  for (const [vmid, { heardAt }] of newest) {
    if (heardAt >= before) return;
    newest.delete(vmid);
  }
}
