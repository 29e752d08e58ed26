import type { z } from 'zod';
import { findBreach, isLarge } from './breach.ts';
import { inlineMaxBytes } from './inline.ts';
import { packData, packText, unpackData } from './payload.ts';

/**
 * Data that was held against its contract and written down already, by a thread with time for it: to be published or
 * answered as it is. Small data is a text, large data compressed bytes.
 */
export class Packed<S extends z.ZodType> {
  readonly body: string | Buffer;

  constructor(body: string | Uint8Array) {
    this.body = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  /** The data again. */
  async read(schema: S): Promise<z.output<S>> {
    const { body } = this;
    return (typeof body === 'string' ? schema.parse(JSON.parse(body)) : await unpackData(schema, body)) as z.output<S>;
  }
}

/** Throws a `TypeError` for data that breaks the contract. */
export async function packChecked<S extends z.ZodType>(name: string, schema: S, data: z.input<S>): Promise<Packed<S>> {
  const breach = await findBreach(schema, data);
  if (breach) throw new TypeError(`${name}: ${breach.path}: ${breach.message}`);
  return new Packed(await pack(schema, data));
}

async function pack(schema: z.ZodType, data: unknown): Promise<string | Buffer> {
  if (isLarge(schema, data)) return packData(schema, data);
  const text = JSON.stringify(data);
  return Buffer.byteLength(text) <= inlineMaxBytes ? text : packText(text);
}
