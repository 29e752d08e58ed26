import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

export type Role = 'viewer' | 'operator' | 'admin';

/** One HTTP endpoint. Paths use Fastify's `:name` form; field names are the API reference's. */
export type RouteContract<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> = {
  kind: 'route';
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: `/${string}`;
  tag: string;
  summary: string;
  /** null: needs no identity. */
  role: Role | null;
  params?: P;
  query?: Q;
  body?: B;
  /** The success answer, `success: true` included where the reference has it. */
  reply: A;
  /** Content type of the success answer when it is not JSON. */
  contentType?: string;
  /** Other content types that can be asked for; as text. */
  alternatives?: readonly string[];
  errors: readonly ErrorCode[];
};

export const route = <
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
>(
  method: RouteContract['method'],
  path: `/${string}`,
  rest: Omit<RouteContract<P, Q, B, A>, 'kind' | 'method' | 'path'>,
): RouteContract<P, Q, B, A> => ({ kind: 'route', method, path, ...rest });
