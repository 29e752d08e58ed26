import { Migration } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { record } from './testing/build.ts';
import { ended, transition, waitingFor } from './transition.ts';

const at = new Date('2026-01-01T00:00:00.000Z');

test('a step is on the timeline, and what was waited for is over', () => {
  const waiting = waitingFor(record({ state: 'queued' }), 'a free slot');
  expect(waiting.migration).toMatchObject({ state: 'queued', waiting_for: 'a free slot' });
  const { migration } = transition(waiting, 'checking', at, 'has its slots');
  expect(migration).toMatchObject({
    state: 'checking',
    waiting_for: null,
    timeline: [{ state: 'checking', at: at.toISOString(), detail: 'has its slots' }],
  });
  expect(waiting.migration.timeline).toEqual([]);
});

test('changes of the migration and of our own part come along, but never a version', () => {
  const next = transition(record(), 'verifying', at, '', { migration: { warnings: true }, own: { exitStatus: 'OK' } });
  expect(next).toMatchObject({ version: 1, exitStatus: 'OK', migration: { warnings: true } });
});

test('the end has its time, and keeps the contract', () => {
  const { migration } = ended(record(), 'cancelled', at, 'called off', { final_node: 'pve1' });
  expect(migration).toMatchObject({ state: 'cancelled', finished_at: at.toISOString(), final_node: 'pve1' });
  expect(Migration.parse(migration)).toEqual(migration);
});

test('a timeline does not grow for ever: the first step and the newest are kept', () => {
  let one = transition(record(), 'queued', at, 'first');
  for (let round = 0; round < 500; round++) one = transition(one, 'checking', at, `round ${round}`);
  const { timeline } = one.migration;
  expect(timeline).toHaveLength(100);
  expect(timeline[0]?.detail).toBe('first');
  expect(timeline.at(-1)?.detail).toBe('round 499');
});
