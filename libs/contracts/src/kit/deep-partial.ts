import { z } from 'zod';

/** The same shape with every key optional at every depth and no defaults filled in; descriptions and marks stay. */
export function deepPartial(schema: z.ZodType): z.ZodType {
  const inner = withoutDefault(schema);
  if (!(inner instanceof z.ZodObject)) return withMarksOf(schema, inner);
  const shape = Object.entries(inner.shape).map(([key, value]) => [key, deepPartial(value as z.ZodType).optional()]);
  return z.strictObject(Object.fromEntries(shape));
}

function withMarksOf(schema: z.ZodType, inner: z.ZodType): z.ZodType {
  const described = schema.description === undefined ? inner : inner.describe(schema.description);
  return isSecret(schema) ? described.meta({ ...described.meta(), secret: true }) : described;
}

/** A default or prefault taken off. */
export function withoutDefault(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return withoutDefault(schema.unwrap() as z.ZodType);
  return schema;
}

/** Whether a schema carries the `secret` mark, under its default or above it. */
export function isSecret(schema: z.ZodType): boolean {
  if (schema.meta()?.secret === true) return true;
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? isSecret(schema.unwrap() as z.ZodType)
    : false;
}
