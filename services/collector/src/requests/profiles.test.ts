import { expect, test, vi } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { readGuestProfiles } from './profiles.ts';

/** A week of hours of one guest, and a mark that tells of the newest. */
function opened() {
  let minutes = 0;
  let rolledUp: number | null = 3600;
  let zone = 'UTC';
  const readField = vi.fn(async (_kind, _tier, _field, ids: readonly string[]) => {
    const rows = Array.from({ length: 168 }, (_, hour) => ({ at: 3600 * hour, count: 240, avg: 20, p95: 30 }));
    return new Map(ids.map((id) => [id, rows] as const));
  });
  const guests = ['100'];
  const catalogue = { ids: async () => guests, rolledUp: async () => rolledUp };
  const read = readGuestProfiles({
    series: { store: { readField }, catalogue } as never,
    now: () => new Date(minutes * 60_000),
    timeZone: () => zone,
  });
  return {
    guests,
    read,
    readField,
    pass: (more: number) => {
      minutes += more;
    },
    settle: (other: string) => {
      zone = other;
    },
    rollUp: (at: number | null) => {
      rolledUp = at;
    },
  };
}

test('the first who asks waits; who asks at the same time gets the same', async () => {
  const { read, readField } = opened();
  const [one, two] = await Promise.all([read(), read()]);
  expect(one).toBe(two);
  expect(one.profiles[100]).toMatchObject({ behavior: 'steady', avg_cpu: 20, peak_multiplier: 1.5, data_points: 168 });
  expect(readField).toHaveBeenCalledTimes(1);
});

test('hours are told in the zone of the settings, at once when that is another', async () => {
  const { read, readField, settle } = opened();
  readField.mockImplementation(async (_kind, _tier, _field, ids) => {
    const busy = (hour: number) => (hour % 24 === 9 ? 60 : 20);
    const rows = Array.from({ length: 168 }, (_, hour) => ({ at: 3600 * hour, count: 240, avg: busy(hour), p95: 60 }));
    return new Map(ids.map((id) => [id, rows] as const));
  });
  expect((await read()).profiles[100]?.peak_hours).toEqual([9]);
  settle('Asia/Tokyo');
  expect((await read()).profiles[100]?.peak_hours).toEqual([18]);
});

test('without a new hour nothing is read again, however much time passes', async () => {
  const { read, readField, pass } = opened();
  await read();
  for (let round = 0; round < 5; round++) {
    pass(11);
    await read();
  }
  expect(readField).toHaveBeenCalledTimes(1);
});

test('with a new hour what there was goes out while it is read, and then what is new', async () => {
  const { read, readField, pass, rollUp } = opened();
  const first = await read();
  rollUp(7200);
  pass(5);
  expect(await read()).toBe(first);
  pass(6);
  expect(await read()).toBe(first);
  await eventually(async () => expect(await read()).not.toBe(first));
  expect(readField).toHaveBeenCalledTimes(2);
});

test('before the first roll-up what was filled in is looked for every ten minutes', async () => {
  const { read, readField, pass, rollUp } = opened();
  rollUp(null);
  await read();
  pass(11);
  await read();
  await eventually(() => expect(readField).toHaveBeenCalledTimes(2));
});

test('what nobody asked for in half an hour is made anew before it goes out', async () => {
  const { read, readField, pass, rollUp } = opened();
  const first = await read();
  rollUp(7200);
  pass(30);
  expect(await read()).not.toBe(first);
  expect(readField).toHaveBeenCalledTimes(2);
});

test('that there is nothing yet stands for a minute: what is filled in then is seen', async () => {
  const { guests, read, pass } = opened();
  guests.length = 0;
  expect((await read()).profiles).toEqual({});
  guests.push('100');
  expect((await read()).profiles).toEqual({});
  pass(1);
  expect((await read()).profiles[100]).toMatchObject({ behavior: 'steady' });
});
