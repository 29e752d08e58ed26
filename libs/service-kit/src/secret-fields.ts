import { z } from 'zod';
import { isSealed, type SecretBox } from './secrets.ts';

/** What stands for a secret on the way out, and for "keep it" on the way in. */
export const mask = '***';

/** Replaces every secret of a document by `change(secret)`; which values are secret, the schema's marks say. */
export function mapSecrets(schema: z.ZodType, value: unknown, change: (secret: unknown) => unknown): unknown {
  const { isSecret, inner } = peel(schema);
  if (isSecret) return isEmpty(value) ? value : change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => mapSecrets(inner.element as z.ZodType, item, change));
  const part = (name: string): z.ZodType | undefined => {
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    if (inner instanceof z.ZodObject && Object.hasOwn(inner.shape, name)) return inner.shape[name] as z.ZodType;
    return undefined;
  };
  if (Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const schemaOfPart = part(name);
      return [name, schemaOfPart ? mapSecrets(schemaOfPart, item, change) : item];
    }),
  );
}

/** A schema without its wrappers (default, optional, nullable, lazy); the mark may be on any of them. */
function peel(schema: z.ZodType): { isSecret: boolean; inner: z.ZodType } {
  if (schema.meta()?.secret === true) return { isSecret: true, inner: schema };
  const isWrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodLazy;
  return isWrapped ? peel(schema.unwrap() as z.ZodType) : { isSecret: false, inner: schema };
}

/** Secrets that are not plain text are sealed as JSON. */
export const sealSecrets = (schema: z.ZodType, value: unknown, box: SecretBox): unknown =>
  mapSecrets(schema, value, (secret) => box.seal(JSON.stringify(secret)));

/** The reverse; a value that was never sealed stays as it is. */
export const openSecrets = (schema: z.ZodType, value: unknown, box: SecretBox): unknown =>
  mapSecrets(schema, value, (secret) => (isSealed(secret) ? JSON.parse(box.open(secret)) : secret));

/** Text becomes `***`; a map keeps its keys and masks each value. */
export const maskSecrets = (schema: z.ZodType, value: unknown): unknown =>
  mapSecrets(schema, value, (secret) =>
    typeof secret === 'object' && secret !== null
      ? Object.fromEntries(Object.keys(secret).map((key) => [key, mask]))
      : mask,
  );

function isEmpty(value: unknown): boolean {
  if (value === '' || value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
