import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { type Members, membersOf } from './lines.ts';

/** So many entries are checked in one go: a few milliseconds. */
const entriesAtOnce = 200;

export type Breach = { path: string; message: string };

/** What breaks the contract first, if anything does; large members are looked at a few entries at a time. */
export async function findBreach(schema: z.ZodType, data: unknown): Promise<Breach | null> {
  if (!isLarge(schema, data)) return breachOf(schema, data, []);
  const members = membersOf(schema);
  const breach = breachOf(schema, { ...data, ...emptied(data, members) }, []);
  if (breach) return breach;
  for (const [name, member] of members) {
    const entries = entriesOf(data, name);
    for (let from = 0; from < entries.length; from += entriesAtOnce) {
      const some = entries.slice(from, from + entriesAtOnce);
      const found = breachOf(member, asMember(member, some), [name]);
      if (found) return found;
      await turn();
    }
  }
  return null;
}

/** Whether it is better looked at and written piece by piece. */
export const isLarge = (schema: z.ZodType, data: unknown): data is object =>
  typeof data === 'object' &&
  data !== null &&
  [...membersOf(schema).keys()].some((name) => entriesOf(data, name).length > entriesAtOnce);

type Entry = [string, unknown];

const entriesOf = (data: object, name: string): Entry[] => {
  const value = (data as Record<string, unknown>)[name];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
};

const asMember = (member: z.ZodType, entries: Entry[]): unknown =>
  member instanceof z.ZodArray ? entries.map(([, one]) => one) : Object.fromEntries(entries);

const emptied = (data: object, members: Members): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data)
      .filter(([name, value]) => members.has(name) && typeof value === 'object' && value !== null)
      .map(([name, value]) => [name, Array.isArray(value) ? [] : {}]),
  );

function breachOf(schema: z.ZodType, data: unknown, path: string[]): Breach | null {
  const issue = schema.safeParse(data).error?.issues[0];
  return issue ? { path: [...path, ...issue.path].join('.'), message: issue.message } : null;
}
