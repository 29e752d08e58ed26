import { z } from 'zod';

/**
 * Large payloads as JSON whose big members — records and arrays at the top — are written with one entry to a line. It is
 * plain JSON for everybody else; we write and read it piece by piece, without ever holding it as one text.
 */

/** Members of an object that grow with the cluster. */
export type Members = ReadonlyMap<string, z.ZodType>;

const none: Members = new Map();

export function membersOf(schema: z.ZodType): Members {
  if (!(schema instanceof z.ZodObject)) return none;
  const members = Object.entries(schema.shape as Record<string, z.ZodType>).filter(
    ([, member]) => member instanceof z.ZodRecord || member instanceof z.ZodArray,
  );
  return new Map(members);
}

/** Pieces of the text, in order. */
export function* writeLines(data: object, members: Members): Generator<string> {
  let separator = '{';
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    if (members.has(name) && typeof value === 'object' && value !== null) yield* writeEntries(value);
    else yield JSON.stringify(value);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

function* writeEntries(value: object): Generator<string> {
  const isArray = Array.isArray(value);
  let separator = isArray ? '[\n' : '{\n';
  for (const [key, one] of Object.entries(value)) {
    const text = JSON.stringify(one);
    if (text === undefined && !isArray) continue;
    yield isArray ? `${separator}${text ?? 'null'}` : `${separator}${JSON.stringify(key)}:${text}`;
    separator = ',\n';
  }
  yield `${separator === ',\n' ? '\n' : separator}${isArray ? ']' : '}'}`;
}

export type LineReader = {
  line(text: string): void;
  /** The text without the entries of its big members: valid JSON. */
  end(): string;
};

const entriesAtOnce = 100;

/** Hands on the entries of big members, some at a time, as an object or array of their own. Throws what `JSON.parse` throws. */
export function readLines(onEntries: (member: string, entries: unknown) => void): LineReader {
  const skeleton: string[] = [];
  let open: { member: string; bracket: string } | null = null;
  let entries: string[] = [];
  const flush = () => {
    if (!open || entries.length === 0) return;
    const text = entries.join('').replace(/,$/, '');
    entries = [];
    onEntries(open.member, JSON.parse(open.bracket === '{' ? `{${text}}` : `[${text}]`));
  };
  return {
    line(text) {
      const isEntry = open !== null && text[0] !== '}' && text[0] !== ']';
      if (isEntry) {
        if (entries.push(text) >= entriesAtOnce) flush();
        return;
      }
      flush();
      skeleton.push(text);
      const opened = /"([^"\\]+)":([[{])$/.exec(text);
      open = opened ? { member: opened[1] ?? '', bracket: opened[2] ?? '' } : null;
    },
    end: () => skeleton.join(''),
  };
}
