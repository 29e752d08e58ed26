/** One node of the `returns` of the official API schema. */
export interface Returns {
  type?: string | string[];
  optional?: number;
  properties?: Record<string, Returns>;
  items?: Returns;
  additionalProperties?: number | Returns;
  enum?: unknown[];
  minimum?: number | string;
  maximum?: number | string;
  oneOf?: Returns[];
}

/** Deviations in the words of schema-vs-recorded.txt: `UNDECLARED [].id`, `MISSING required .size`, `TYPE .memory`. */
export function deviations(schema: Returns, value: unknown, path = ''): string[] {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) return [`TYPE ${path}`];
  if (schema.enum && !schema.enum.includes(value)) return [`ENUM ${path}`];
  if (typeof value === 'number') {
    const low = schema.minimum !== undefined && value < Number(schema.minimum);
    const high = schema.maximum !== undefined && value > Number(schema.maximum);
    return low || high ? [`RANGE ${path}`] : [];
  }
  if (Array.isArray(value))
    return schema.items ? value.flatMap((item) => deviations(schema.items ?? {}, item, `${path}[]`)) : [];
  if (typeof value !== 'object' || value === null) return [];
  return inObject(schema, value as Record<string, unknown>, path);
}

function inObject(schema: Returns, value: Record<string, unknown>, path: string): string[] {
  const { properties, additionalProperties } = schema;
  // An object without declared properties may hold anything.
  if (!properties || Object.keys(properties).length === 0) return [];
  const found: string[] = [];
  for (const [name, part] of Object.entries(properties)) {
    if (value[name] === undefined && part.optional !== 1 && !name.includes('['))
      found.push(`MISSING required ${path}.${name}`);
  }
  for (const [name, part] of Object.entries(value)) {
    const declared = properties[name] ?? (/\d$/.test(name) ? properties[name.replace(/\d+$/, '[n]')] : undefined);
    if (declared) found.push(...deviations(declared, part, `${path}.${name}`));
    else if (typeof additionalProperties === 'object')
      found.push(...deviations(additionalProperties, part, `${path}.{}`));
    else found.push(`UNDECLARED ${path}.${name}`);
  }
  return found;
}

/** Booleans are 0 and 1; a number may come as a whole one. */
function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'boolean') return value === 0 || value === 1 || typeof value === 'boolean';
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'any' || typeof value === type;
}

/** `path | KIND where: details | how often and where seen` -> `path KIND where`. Node names below a path are anybody's. */
export function allowList(text: string): Set<string> {
  const lines = text.split('\n').filter((line) => line.includes(' | '));
  return new Set(
    lines.map((line) => {
      const [path = '', what = ''] = line.split(' | ');
      return `${path} ${what.split(': ')[0]}`.replace(NODE_KEY, '$1*');
    }),
  );
}

export function asAllowed(path: string, deviation: string): string {
  return `${path} ${deviation}`.replace(NODE_KEY, '$1*');
}

const NODE_KEY = /(not[-_]allowed[-_]nodes\.)[^. ]+$/;
