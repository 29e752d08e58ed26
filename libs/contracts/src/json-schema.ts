import { z } from 'zod';

/** The parts of JSON Schema the documents read; everything else passes through. */
export type JsonSchema = {
  [keyword: string]: unknown;
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
};

type Direction = 'input' | 'output';

const secretNote = 'Secret: leaves as ***, and *** on the way in keeps it';

/**
 * Turns zod into JSON Schema for one document. Every noun with an id becomes a component, once; the schemas refer to it.
 * OpenAPI 3.1 speaks draft 2020-12, AsyncAPI 3.0 draft 7.
 */
export function jsonSchemas(target: 'draft-2020-12' | 'draft-7') {
  const found = new Map<string, JsonSchema>();

  const convert = (schema: z.ZodType, io: Direction): JsonSchema => {
    const { $schema: _, $defs, definitions, ...root } = z.toJSONSchema(schema, { target, io });
    for (const [id, noun] of Object.entries($defs ?? definitions ?? {})) keep(id, tidy(noun, io) as JsonSchema);
    return tidy(root, io) as JsonSchema;
  };

  const keep = (id: string, noun: JsonSchema) => {
    const known = found.get(id);
    if (known && JSON.stringify(known) !== JSON.stringify(noun)) {
      throw new Error(`${id} differs between requests and answers: give the request its own noun`);
    }
    found.set(id, noun);
  };

  return {
    /** What may be sent: defaults are optional, unknown keys refused where the contract does. */
    input: (schema: z.ZodType) => convert(schema, 'input'),
    /** What is answered: defaults are there, and fields may be added later. */
    output: (schema: z.ZodType) => convert(schema, 'output'),
    /** Every noun met so far, by name. */
    components: (): Record<string, JsonSchema> => Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export type JsonSchemas = ReturnType<typeof jsonSchemas>;

/** References point into `components`; what only zod needs to know goes. */
function tidy(node: unknown, io: Direction): unknown {
  if (Array.isArray(node)) return node.map((item) => tidy(item, io));
  if (typeof node !== 'object' || node === null) return node;
  const { secret, ...schema } = node as JsonSchema;
  const kept = Object.entries(schema).filter((entry) => !isNoise(entry, schema, io));
  const tidied = Object.fromEntries(
    kept.map(([key, value]) => [key, key === '$ref' ? refersTo(value) : tidy(value, io)]),
  );
  return { ...tidied, ...secretMarks(secret, io) };
}

const refersTo = (ref: unknown) => String(ref).replace(/^#\/(\$defs|definitions)\//, '#/components/schemas/');

function isNoise([key, value]: [string, unknown], schema: JsonSchema, io: Direction): boolean {
  if (key === 'additionalProperties') return value === false && io === 'output';
  if (key === 'pattern') return schema.format === 'date-time' || schema.format === 'uuid';
  if (key === 'maximum') return value === Number.MAX_SAFE_INTEGER;
  return key === 'minimum' && value === Number.MIN_SAFE_INTEGER;
}

/** `secret` is a mark only where it is true: elsewhere it would be a property of that name. */
function secretMarks(mark: unknown, io: Direction): JsonSchema {
  if (mark !== true) return mark === undefined ? {} : { secret: tidy(mark, io) };
  return { description: secretNote, ...(io === 'input' ? { writeOnly: true } : {}) };
}
