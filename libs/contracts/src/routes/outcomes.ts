import { z } from 'zod';
import { route } from '../kit/route.ts';
import { outcomesMax } from '../outcome.ts';
import { ReadOutcomes, RefreshOutcomes } from '../outcome-rpcs.ts';
import { VmidText } from '../values.ts';
import { ok, wholeNumber } from './shapes.ts';

const errors = ['service-unavailable', 'broker-unavailable'] as const;

export const GetOutcomes = route('GET', '/api/migrate/outcomes', {
  tag: 'Migrations',
  summary: 'What past moves were to bring and what they brought, the newest first',
  role: 'viewer',
  query: z.strictObject({
    vmid: VmidText.optional().describe('Only moves of this guest'),
    limit: wholeNumber(outcomesMax, 'Longest list wanted; 20 without it')
      .refine((limit) => limit >= 1, 'must be at least 1')
      .optional(),
    offset: wholeNumber(outcomesMax, 'How many to leave out at the start').optional(),
  }),
  reply: ok(ReadOutcomes.reply.shape),
  errors,
});

export const PostRefreshOutcomes = route('POST', '/api/migrate/outcomes/refresh', {
  tag: 'Migrations',
  summary: 'Take the looks at past moves that are due now; they are taken by themselves otherwise',
  role: 'operator',
  reply: ok(RefreshOutcomes.reply.shape),
  errors,
});
