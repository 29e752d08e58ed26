import { setImmediate as turn } from 'node:timers/promises';

/**
 * A large value as JSON in pieces, written and read a few entries at a time: threads that hand each other tens of megabytes
 * hold up neither the one nor the other. The first piece is the value without the entries of its large members.
 */
export type Piece = { member: string; text: string };

const entriesAtOnce = 200;

export async function toPieces(value: object): Promise<Piece[]> {
  const large = Object.entries(value).filter(([, member]) => isLarge(member));
  const emptied = Object.fromEntries(large.map(([name, member]) => [name, Array.isArray(member) ? [] : {}]));
  const pieces = [{ member: '', text: JSON.stringify({ ...value, ...emptied }) }];
  for (const [member, entries] of large) {
    const all = Object.entries(entries);
    for (let from = 0; from < all.length; from += entriesAtOnce) {
      const some = all.slice(from, from + entriesAtOnce);
      pieces.push({ member, text: JSON.stringify(some) });
      await turn();
    }
  }
  return pieces;
}

export async function fromPieces([head, ...rest]: readonly Piece[]): Promise<unknown> {
  const whole = JSON.parse(head?.text ?? 'null') as Record<string, unknown>;
  const entries = new Map<string, [string, unknown][]>();
  for (const { member, text } of rest) {
    const known = entries.get(member) ?? [];
    for (const entry of JSON.parse(text) as [string, unknown][]) known.push(entry);
    entries.set(member, known);
    await turn();
  }
  for (const [member, all] of entries)
    whole[member] = Array.isArray(whole[member]) ? all.map(([, one]) => one) : Object.fromEntries(all);
  return whole;
}

const isLarge = (member: unknown): member is object =>
  typeof member === 'object' && member !== null && Object.keys(member).length > entriesAtOnce;
