import { expect, test } from 'vitest';
import { createClock, type Process } from './clock.ts';

const frozen = () => createClock(1_000_000, 1e-9);

test('events run in the order of their time and see exactly that time', () => {
  const clock = frozen();
  const seen: [string, number][] = [];
  clock.at(1_005_000, () => seen.push(['late', Math.round(clock.nowMs())]));
  clock.at(1_002_000, () => seen.push(['early', Math.round(clock.nowMs())]));
  clock.at(1_002_000, () => seen.push(['early, asked second', Math.round(clock.nowMs())]));
  clock.advance(10);
  expect(seen).toEqual([
    ['early', 1_002_000],
    ['early, asked second', 1_002_000],
    ['late', 1_005_000],
  ]);
});

test('an event that makes another one within the advanced time runs it too', () => {
  const clock = frozen();
  let done = 0;
  clock.at(1_001_000, () => clock.at(1_002_000, () => (done = clock.nowMs())));
  clock.advance(5);
  expect(done).toBe(1_002_000);
});

test('a cancelled event never runs', () => {
  const clock = frozen();
  let ran = false;
  clock.at(1_001_000, () => (ran = true))();
  clock.advance(5);
  expect(ran).toBe(false);
});

test('a process sleeps what it yields, and an interrupt arrives where it sleeps', () => {
  const clock = frozen();
  const steps: string[] = [];
  function* body(): Process {
    try {
      yield 1000;
      steps.push(`woke at ${Math.round(clock.nowMs()) - 1_000_000}`);
      yield 60_000;
      steps.push('never');
    } catch (error) {
      steps.push(String(error));
    }
  }
  const running = clock.start(body());
  clock.advance(2);
  running.interrupt(new Error('stop'));
  clock.advance(100);
  expect(steps).toEqual(['woke at 1000', 'Error: stop']);
});

test('a dropped process says nothing more, not even in its finally', () => {
  const clock = frozen();
  const steps: string[] = [];
  function* body(): Process {
    try {
      yield 1000;
      steps.push('never');
    } finally {
      steps.push('never either');
    }
  }
  clock.start(body()).drop();
  clock.advance(10);
  expect(steps).toEqual([]);
});

test('speed makes real time pass faster', async () => {
  const clock = createClock(0, 10_000);
  const reached = new Promise<number>((resolve) => clock.at(100_000, () => resolve(clock.nowMs())));
  expect(await reached).toBe(100_000);
  clock.close();
});
