import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { membersOf, readLines, writeLines } from './lines.ts';

/** A payload that no reader can use. */
export class MalformedPayloadError extends Error {
  override name = 'MalformedPayloadError';
}

const unpackedMaxBytes = 256 * 1024 ** 2;
/** Small, so that whoever asks something else gets its turn between two of them. */
const pieceBytes = 64 * 1024;

/** Data as compressed JSON, without ever being one text and without holding up anybody for long. */
export function packData(schema: z.ZodType, data: object): Promise<Buffer> {
  return gather(Readable.from(inPieces(writeLines(data, membersOf(schema)))).pipe(createGzip({ level: 1 })));
}

export const packText = (text: string | Buffer): Promise<Buffer> =>
  gather(Readable.from([Buffer.from(text)]).pipe(createGzip({ level: 1 })));

export const unpackText = async (packed: Buffer): Promise<string> => (await gather(unpacked(packed))).toString();

/** The reverse of `packData`, checked entry by entry. Throws a `MalformedPayloadError`. */
export async function unpackData(schema: z.ZodType, packed: Buffer): Promise<unknown> {
  const members = membersOf(schema);
  const found = new Map<string, unknown[]>();
  const reader = readLines((name, entries) => {
    const member = members.get(name);
    const list = found.get(name) ?? [];
    for (const entry of listOf(check(member ?? z.unknown(), entries, name))) list.push(entry);
    found.set(name, list);
  });
  try {
    await eachLine(unpacked(packed), reader.line);
    const whole = check(schema, JSON.parse(reader.end()), '') as Record<string, unknown>;
    for (const [name, list] of found)
      if (members.has(name)) whole[name] = Array.isArray(whole[name]) ? list : Object.fromEntries(list as Entry[]);
    return whole;
  } catch (error) {
    if (error instanceof SyntaxError) throw new MalformedPayloadError(`not JSON: ${error.message}`);
    throw error;
  }
}

type Entry = [string, unknown];

const listOf = (entries: unknown): unknown[] =>
  Array.isArray(entries) ? entries : Object.entries(entries as Record<string, unknown>);

function check(schema: z.ZodType, value: unknown, path: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MalformedPayloadError(`${path} ${parsed.error.message}`.trim());
}

function* inPieces(texts: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceBytes) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

async function* unpacked(packed: Buffer): AsyncGenerator<Buffer> {
  let size = 0;
  const stream = Readable.from(inSlices(packed)).pipe(createGunzip({ chunkSize: pieceBytes }));
  for await (const piece of stream as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > unpackedMaxBytes) throw new MalformedPayloadError(`more than ${unpackedMaxBytes} bytes`);
    yield piece;
  }
}

function* inSlices(packed: Buffer): Generator<Buffer> {
  for (let from = 0; from < packed.length; from += pieceBytes) yield packed.subarray(from, from + pieceBytes);
}

async function eachLine(pieces: AsyncIterable<Buffer>, line: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  }
  line(rest + decoder.decode());
}

async function gather(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
