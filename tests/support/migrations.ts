import { GetMigrationStatus, type Migration, PostConfig, PostMigrate } from '@proxbalance/contracts';
import { expect } from 'vitest';
import type { Answer } from './api.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

type Move = { vmid: number; from?: string; to?: string };

/** The body of POST /api/migrate; from pve1 to pve2 unless said otherwise. */
export const move = ({ vmid, from = 'pve1', to = 'pve2' }: Move) => ({ vmid, source_node: from, target_node: to });

/** Asks for a move, as a person would. */
export const migrate = ({ api }: System, asked: Move): Promise<Answer<typeof PostMigrate>> =>
  api.ask(PostMigrate, { body: move(asked) });

/** A guest's latest move as the API tells it. */
export async function migrationOf({ api }: System, vmid: number): Promise<Migration | null> {
  return (await api.ask(GetMigrationStatus, { params: { vmid: String(vmid) } })).migration;
}

/** Waits for the end of a guest's move, whichever it is. */
export const endOf = (system: System, vmid: number, { withinMs = 10_000 } = {}): Promise<Migration> =>
  eventually(
    async () => {
      const migration = await migrationOf(system, vmid);
      if (!migration?.finished_at) throw new Error(`the move of ${vmid} has not ended: ${JSON.stringify(migration)}`);
      return migration;
    },
    { withinMs },
  );

/** Holds a guest's migration where its memory is copied, until faults are cleared. */
export const stall = ({ simulator }: System, vmid: number): Promise<void> =>
  simulator.fault({ kind: 'migration-stalls', vmid });

/** Limits out of the way of tests that are not about them. */
export async function allowManyMoves({ api }: System): Promise<void> {
  await api.ask(PostConfig, { body: { migration_limits: { cluster: 16, per_source: 16, per_target: 16 } } });
}

/** The one thing that must never happen is a second task. */
export async function expectOneTask({ simulator }: System, vmid: number): Promise<void> {
  expect(await simulator.moves(vmid)).toMatchObject([{ type: 'qmigrate', exitstatus: 'OK' }]);
}
