import { isSecret, withoutDefault } from '@proxbalance/contracts';
import { mask } from '@proxbalance/service-kit';
import { z } from 'zod';

/** Lays a patch over a document: objects merge, everything else replaces, and `***` keeps the secret that is there. */
export function mergeSettings(schema: z.ZodType, current: unknown, patch: unknown): unknown {
  if (patch === undefined) return current;
  if (isSecret(schema)) return keepMasked(current, patch);
  const inner = withoutDefault(schema);
  if (!(inner instanceof z.ZodObject) || !isObject(patch)) return patch;
  const shape = inner.shape as Record<string, z.ZodType>;
  const base = isObject(current) ? current : {};
  const merged = Object.entries(patch).map(([key, part]) => {
    const schemaOfPart = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return [key, schemaOfPart ? mergeSettings(schemaOfPart, base[key], part) : part];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function keepMasked(current: unknown, patch: unknown): unknown {
  if (patch === mask) return current;
  if (!isObject(patch)) return patch;
  const known = isObject(current) ? current : {};
  return Object.fromEntries(
    Object.entries(patch).flatMap(([key, value]) => {
      if (value !== mask) return [[key, value]];
      return Object.hasOwn(known, key) ? [[key, known[key]]] : [];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
