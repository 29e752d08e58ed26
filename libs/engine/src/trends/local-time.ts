/** Hour of the day, 0-23, and day of the week, 0 is Monday. */
export type LocalTime = { hour: number; weekday: number };

/** Reads unix seconds as local time. */
export type LocalClock = (at: number) => LocalTime;

/** Offsets from UTC change on quarter hours only, so one look-up answers for all of one. */
const QUARTER = 900;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const weekdayNumber = new Map<string, number>(weekdays.map((name, i) => [name, i]));

/** A clock of a time zone with an IANA name; throws RangeError for a name nobody knows. */
export const localClock = (timeZone = 'UTC'): LocalClock => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23', weekday: 'short' });
  const known = new Map<number, LocalTime>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    const time = known.get(quarter) ?? read(format, quarter * QUARTER);
    known.set(quarter, time);
    return time;
  };
};

/** Name of a weekday, 0 is Monday. */
export const weekdayName = (weekday: number): (typeof weekdays)[number] => weekdays[weekday] ?? 'Mon';

const read = (format: Intl.DateTimeFormat, at: number): LocalTime => {
  const parts = format.formatToParts(at * 1000);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return { hour: Number(part('hour')), weekday: weekdayNumber.get(part('weekday')) ?? 0 };
};
