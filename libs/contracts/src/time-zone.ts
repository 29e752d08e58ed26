import { z } from 'zod';

/** IANA name of a time zone that this machine knows. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be the IANA name of a time zone, like Europe/Berlin')
  .meta({ id: 'TimeZone', description: 'IANA name of a time zone' });

function isTimeZone(name: string): boolean {
  // An offset is none: it knows no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
