import type { Migration } from '@proxbalance/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aMigration } from '../../../tests/support/nouns.ts';
import type { Envelope } from './bus/envelope.ts';
import { followMigrations, type MigrationsView } from './follow-migrations.ts';

const noon = Date.parse('2026-02-08T12:00:00Z');
const hourMs = 3_600_000;
const other = '00000000-0000-4000-8000-000000000002';

let view: MigrationsView;
let tell: (migration: unknown, type?: string) => void;
beforeEach(() => {
  vi.useFakeTimers({ now: noon });
  view = followMigrations({
    observeAll(since, handler) {
      expect(since.getTime()).toBe(noon - 24 * hourMs);
      tell = (data, type = 'migration.progressed') => {
        const time = new Date().toISOString();
        void handler({ specversion: '1.0', id: 'x', source: '/t', type, time, data } satisfies Envelope);
      };
    },
  });
});
afterEach(() => vi.useRealTimers());

const state = (parts: Partial<Migration>) => aMigration({ requested_at: '2026-02-08T11:00:00Z', ...parts });

test('the newest state counts, and listeners hear of each', () => {
  const heard: string[] = [];
  view.onChange((migration) => heard.push(migration.state));
  for (const one of ['queued', 'running', 'completed'] as const) tell(state({ state: one }));
  expect(heard).toEqual(['queued', 'running', 'completed']);
  expect(view.ofGuest(100)?.state).toBe('completed');
  expect(view.active()).toEqual([]);
});

test('what is no migration is passed over', () => {
  tell(state({}), 'guest.moved');
  tell({ vmid: 100 });
  tell(undefined);
  expect(view.ofGuest(100)).toBeUndefined();
});

describe('order', () => {
  test.each<[string, Partial<Migration>, Partial<Migration>, boolean]>([
    ['an ended move never goes on', { state: 'completed' }, { state: 'running' }, false],
    ['the end may be told twice', { state: 'failed' }, { state: 'failed', final_node: 'pve1' }, true],
    [
      'a later move counts',
      { state: 'completed' },
      { migration_id: other, requested_at: '2026-02-08T11:30:00Z' },
      true,
    ],
    [
      'an earlier move that is told again does not',
      { state: 'completed' },
      { migration_id: other, requested_at: '2026-02-08T10:00:00Z', state: 'completed' },
      false,
    ],
    [
      'a move that begins after the end of the known one counts, whatever the clock of its replica says',
      { state: 'completed' },
      { migration_id: other, requested_at: '2026-02-08T10:59:59Z', state: 'queued' },
      true,
    ],
    [
      'an earlier move does not count while the known one goes on',
      { state: 'running' },
      { migration_id: other, requested_at: '2026-02-08T10:00:00Z', state: 'running' },
      false,
    ],
  ])('%s', (_, first, second, counts) => {
    tell(state(first));
    tell(state(second));
    expect(view.ofGuest(100)).toEqual(state(counts ? second : first));
  });
});

test('what there was no news of for a day is forgotten, as after a restart', () => {
  tell(state({ vmid: 100, state: 'running' }));
  vi.setSystemTime(noon + 12 * hourMs);
  tell(state({ vmid: 101, state: 'running' }));
  vi.setSystemTime(noon + 25 * hourMs);
  tell(state({ vmid: 102, state: 'running' }));
  expect(view.active().map(({ vmid }) => vmid)).toEqual([101, 102]);
});
