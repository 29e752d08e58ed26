/** Hour of the day, 0-23, and day of the week, 0 is Monday. */
export type LocalTime = { hour: number; weekday: number };

/** Reads unix seconds as local time. */
export type LocalClock = (at: number) => LocalTime;

const HOUR = 3600;
/** Offsets from UTC change on quarter hours only, so one look-up answers for all of one. */
const QUARTER = 900;
/** Quarter hours of a clock that are remembered: six weeks. */
const REMEMBERED = 4032;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const weekdayNumber = new Map<string, number>(weekdays.map((name, i) => [name, i]));

/** Clocks made so far: making one, and asking it, costs far more than remembering what it said. */
const clocks = new Map<string, LocalClock>();

/** A clock of a time zone with an IANA name; throws RangeError for a name nobody knows. */
export const localClock = (timeZone = 'UTC'): LocalClock => {
  if (timeZone === 'UTC') return utcClock;
  const clock = clocks.get(timeZone) ?? zoneClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
};

/** Name of a weekday, 0 is Monday. */
export const weekdayName = (weekday: number): (typeof weekdays)[number] => weekdays[weekday] ?? 'Mon';

/** The epoch began on a Thursday. */
const utcClock: LocalClock = (at) => {
  const hours = Math.floor(at / HOUR);
  return { hour: hours % 24, weekday: (Math.floor(hours / 24) + 3) % 7 };
};

const zoneClock = (timeZone: string): LocalClock => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23', weekday: 'short' });
  const known = new Map<number, LocalTime>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    const time = known.get(quarter) ?? read(format, quarter * QUARTER);
    if (known.size >= REMEMBERED) known.clear();
    known.set(quarter, time);
    return time;
  };
};

const read = (format: Intl.DateTimeFormat, at: number): LocalTime => {
  const parts = format.formatToParts(at * 1000);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return { hour: Number(part('hour')), weekday: weekdayNumber.get(part('weekday')) ?? 0 };
};
