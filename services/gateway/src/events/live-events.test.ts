import type { Envelope } from '@proxbalance/service-kit';
import { describe, expect, test } from 'vitest';
import { followEvents, type LiveEvent, type LiveEventsOptions } from './live-events.ts';

const startMs = Date.parse('2026-02-08T12:00:00Z');

/** Live events with a hand on what arrives and on the clock. */
function stage(options: LiveEventsOptions = {}) {
  let handle: (envelope: Envelope) => unknown = () => undefined;
  const clock = { ms: startMs };
  const live = followEvents(
    {
      observeAll(_since, handler) {
        handle = handler;
      },
    },
    { now: () => clock.ms, ...options },
  );
  const arrive = (id: string, secondsFromStart = 1, more: Partial<Envelope> = {}) =>
    handle({
      specversion: '1.0',
      id,
      source: '/t',
      type: 'guest.moved',
      time: new Date(startMs + secondsFromStart * 1000).toISOString(),
      data: {},
      ...more,
    });
  const reader = (lastId?: string) => {
    const seen: LiveEvent[] = [];
    return { seen, ids: () => seen.map(({ id }) => id), end: live.follow(lastId, (event) => seen.push(event)) };
  };
  return { clock, arrive, reader };
}

describe('what was before', () => {
  test('is not for those who did not ask, and for those who did', () => {
    const { arrive, reader } = stage();
    const fresh = reader();
    const back = reader('a');
    for (const id of ['a', 'b']) arrive(id, -60);
    arrive('c');
    expect(fresh.ids()).toEqual(['c']);
    // Its id was not known yet when it came: everything is better than a gap.
    expect(back.ids()).toEqual(['a', 'b', 'c']);
    expect(reader('a').ids()).toEqual(['b', 'c']);
    expect(reader('unknown').ids()).toEqual(['a', 'b', 'c']);
    expect(reader('c').ids()).toEqual([]);
  });

  test('is news all the same when it comes late: the clock of its host may be behind', () => {
    const { arrive, reader, clock } = stage();
    const fresh = reader();
    clock.ms += 11_000;
    arrive('late', -3600);
    expect(fresh.ids()).toEqual(['late']);
  });
});

describe('what is kept', () => {
  test('is bounded in number', () => {
    const { arrive, reader } = stage({ keptMax: 3 });
    for (const id of ['a', 'b', 'c', 'd']) arrive(id);
    expect(reader('a').ids()).toEqual(['b', 'c', 'd']);
  });

  test('is bounded in size', () => {
    const { arrive, reader } = stage({ keptMaxChars: 25_000 });
    for (const id of ['a', 'b', 'c', 'd']) arrive(id, 1, { data: { text: 'x'.repeat(10_000) } });
    expect(reader('x').ids()).toEqual(['c', 'd']);
  });
});

test('a reader that ended hears nothing more', () => {
  const { arrive, reader } = stage();
  const one = reader();
  one.end();
  arrive('a');
  expect(one.seen).toEqual([]);
});

test('a line break in an id can’t begin another field', () => {
  const { arrive, reader } = stage();
  const one = reader();
  arrive('a\r\ndata: forged\n\nid: b', 1, { data: 'x\ny' });
  expect(one.seen[0]?.block.split('\n')).toEqual([
    'id: a  data: forged  id: b',
    'event: guest.moved',
    expect.stringMatching(/^data: \{.*\}$/),
    '',
    '',
  ]);
});
