import { z } from 'zod';

/*
 * Values as Proxmox sends them: numbers that may be text, booleans as 0 and 1 (or "0", "1", true), keys that come and go.
 * `null` here always means: Proxmox did not say.
 */

const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
const orNull = (value: unknown): unknown => (value === undefined || value === '' ? null : value);

/** A number, perhaps as text. */
export const number = z.preprocess(asNumber, z.number());
export const numberOrNull = z.preprocess((value) => asNumber(orNull(value)), z.number().nullable());
/** Not below 0: container values are sometimes slightly negative. */
export const amountOrNull = numberOrNull.transform((value) => (value === null ? null : Math.max(0, value)));

/** Text, perhaps as a number: a guest named 100 is one. */
export const text = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());
export const textOrNull = z.preprocess((value) => {
  const known = orNull(value);
  return typeof known === 'number' ? String(known) : known;
}, z.string().nullable());

const asBoolean = (value: unknown): unknown => {
  if (value === 1 || value === '1') return true;
  if (value === 0 || value === '0' || value === '') return false;
  return value;
};

/** Missing means no. */
export const flag = z.preprocess((value) => asBoolean(value ?? false), z.boolean());
export const flagOrNull = z.preprocess((value) => asBoolean(value ?? null), z.boolean().nullable());

/** A list of texts; missing means empty. */
export const texts = z.preprocess((value) => value ?? [], z.array(text));

/** `a,b;c d` taken apart; missing means empty. */
export const list = z
  .preprocess((value) => value ?? '', z.string())
  .transform((value) => value.split(/[,;\s]+/).filter((part) => part !== ''));

/** Seconds since the epoch as a Date. */
export const instant = number.transform((seconds) => new Date(seconds * 1000));
export const instantOrNull = numberOrNull.transform((seconds) => (seconds === null ? null : new Date(seconds * 1000)));

/** `{}` and `[]` look the same to Perl when empty; missing means empty too. */
export const recordOf = <T extends z.ZodType>(shape: T) =>
  z.preprocess(
    (value) => (value === undefined || value === null || (Array.isArray(value) && value.length === 0) ? {} : value),
    z.record(z.string(), shape),
  );

/** `a=1,b=2` or the same already parsed; missing means empty. */
export const properties = z.preprocess(
  (value) => (typeof value === 'string' ? splitProperties(value) : (value ?? {})),
  z.record(z.string(), z.unknown()),
);

const splitProperties = (value: string): Record<string, string> =>
  Object.fromEntries(
    value.split(',').flatMap((part) => {
      const at = part.indexOf('=');
      return at < 1 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
    }),
  );
