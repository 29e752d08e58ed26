import { isFinal, Migration } from '@proxbalance/contracts';
import type { Bus } from './bus/bus.ts';

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

/** Reads back a day, so that a process that just started knows what is going on. */
export function followMigrations(bus: Bus): MigrationsView {
  const newest = new Map<number, Migration>();
  const listeners = new Set<(migration: Migration) => void>();
  bus.observeAll(new Date(Date.now() - lookBackMs), (envelope) => {
    if (!envelope.type.startsWith('migration.')) return;
    const parsed = Migration.safeParse(envelope.data);
    if (!parsed.success || !isNewer(parsed.data, newest.get(parsed.data.vmid))) return;
    newest.set(parsed.data.vmid, parsed.data);
    for (const listener of listeners) listener(parsed.data);
  });
  return {
    ofGuest: (vmid) => newest.get(vmid),
    active: () => [...newest.values()].filter((migration) => !isFinal(migration.state)),
    onChange: (listener) => void listeners.add(listener),
  };
}

/** Events of one migration come in order, but may come twice; an ended one never goes on. */
function isNewer(next: Migration, known: Migration | undefined): boolean {
  if (!known) return true;
  if (known.migration_id === next.migration_id) return !isFinal(known.state) || isFinal(next.state);
  return next.requested_at >= known.requested_at;
}
