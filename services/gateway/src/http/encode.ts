import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long one slice of the work may keep everybody else waiting. */
const sliceMaxMs = 10;
/** Deep enough to take the guests of a snapshot, and the entries of a list, one by one. */
const depthMax = 3;

/** `value` as JSON, byte for byte what `JSON.stringify` makes of plain data, and its hash; made slice by slice. */
export async function encode(value: unknown): Promise<{ body: Buffer; hash: string }> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let parts: string[] = [];
  const endSlice = () => {
    const chunk = Buffer.from(parts.join(''));
    hash.update(chunk);
    chunks.push(chunk);
    parts = [];
  };
  let beganAt = performance.now();
  for (const part of partsOf(value, depthMax)) {
    parts.push(part);
    if (performance.now() - beganAt < sliceMaxMs) continue;
    endSlice();
    await nextTurn();
    beganAt = performance.now();
  }
  endSlice();
  return { body: Buffer.concat(chunks), hash: hash.digest('base64url') };
}

function* partsOf(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) yield JSON.stringify(value) ?? 'null';
  else if (Array.isArray(value)) yield* partsOfList(value, depth);
  else yield* partsOfObject(value, depth);
}

function* partsOfList(list: unknown[], depth: number): Generator<string> {
  yield '[';
  for (const [index, item] of list.entries()) {
    if (index > 0) yield ',';
    yield* partsOf(item, depth - 1);
  }
  yield ']';
}

function* partsOfObject(object: object, depth: number): Generator<string> {
  let before = '{';
  for (const [key, part] of Object.entries(object)) {
    if (part === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* partsOf(part, depth - 1);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}
