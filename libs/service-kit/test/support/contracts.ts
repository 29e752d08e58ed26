import { event, rpc } from '@proxbalance/contracts';
import { z } from 'zod';

/** Contracts of these tests alone. */
export const Counted = event('test.counted', {
  publisher: 'collector',
  summary: 'A number came by',
  schema: z.object({ n: z.int(), ballast: z.string().optional() }),
});

export const Named = event('test.named', {
  publisher: 'collector',
  summary: 'A name came by',
  schema: z.object({ name: z.string() }),
});

export const Listed = event('test.listed', {
  publisher: 'collector',
  summary: 'Many came by',
  schema: z.object({ entries: z.record(z.string(), z.object({ n: z.int(), text: z.string() })) }),
});

export const Add = rpc('recommender.add', {
  summary: 'Adds',
  request: z.object({ a: z.int(), b: z.int(), ballast: z.string().optional() }),
  reply: z.object({ sum: z.int(), by: z.string().optional(), ballast: z.string().optional() }),
  errors: ['conflict', 'invalid-input'],
  timeoutMs: 5000,
});

export const Subtract = rpc('recommender.subtract', {
  summary: 'Subtracts',
  request: z.object({ a: z.int(), b: z.int() }),
  reply: z.object({ difference: z.int() }),
  errors: [],
  timeoutMs: 5000,
});

export const List = rpc('recommender.list', {
  summary: 'Lists many',
  request: z.object({ count: z.int() }),
  reply: z.object({ name: z.string(), entries: z.record(z.string(), z.object({ n: z.int() })) }),
  errors: [],
  timeoutMs: 5000,
});

export const fiveMegabytes = () =>
  Array.from({ length: 80_000 }, (_, i) => `${i}:${Math.random()}`.padEnd(65, 'x')).join('');
