import { expect, test } from 'vitest';
import { localClock, weekdayName } from './local-time.ts';

const utc = (text: string) => Date.parse(text) / 1000;

test.each([
  ['UTC', '2026-02-08T23:59:59Z', 23, 'Sun'],
  ['Europe/Berlin', '2026-02-08T23:30:00Z', 0, 'Mon'],
  ['Europe/Berlin', '2026-03-29T00:59:59Z', 1, 'Sun'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', 3, 'Sun'],
  ['America/New_York', '2026-02-08T03:00:00Z', 22, 'Sat'],
  ['Asia/Kathmandu', '2026-02-08T00:14:00Z', 5, 'Sun'],
  ['Asia/Kathmandu', '2026-02-08T00:15:00Z', 6, 'Sun'],
])('in %s %s is hour %d of %s', (zone, at, hour, day) => {
  const time = localClock(zone)(utc(at));
  expect([time.hour, weekdayName(time.weekday)]).toEqual([hour, day]);
});

test('UTC is reckoned as the calendar of every other zone is', () => {
  const [reckoned, looked] = [localClock('UTC'), localClock('Etc/UTC')];
  for (let at = utc('2026-02-01T00:00:00Z'); at < utc('2026-03-20T00:00:00Z'); at += 599) {
    expect(reckoned(at)).toEqual(looked(at));
  }
});

test('without a zone it is UTC; a zone nobody knows is an error', () => {
  expect(localClock()(0)).toEqual({ hour: 0, weekday: 3 });
  expect(() => localClock('Mars/Olympus')).toThrow(RangeError);
});
