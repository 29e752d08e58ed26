import { z } from 'zod';
import { AutomatedMigration, AutomationRunSummary, automatedStatuses, historyPageMax } from '../automation-history.ts';
import { route } from '../kit/route.ts';
import { ok, wholeNumber } from './shapes.ts';

const kept = {
  tag: 'Automation',
  role: 'viewer',
  errors: ['service-unavailable', 'broker-unavailable'],
} as const;

const runStatuses = AutomationRunSummary.shape.status.options;
const statusesOf = { runs: runStatuses, migrations: automatedStatuses } as const;

export const GetAutomationHistory = route('GET', '/api/automigrate/history', {
  ...kept,
  summary: 'What automation did: its runs, or the moves it decided on; the newest first',
  query: z
    .strictObject({
      type: z.enum(['runs', 'migrations']).optional().describe('runs without it'),
      status: z
        .enum([...runStatuses, ...automatedStatuses])
        .optional()
        .describe(
          `Only what is in this status: ${runStatuses.join(', ')} for runs, ${automatedStatuses} for migrations`,
        ),
      limit: wholeNumber(historyPageMax, 'Longest list wanted; 50 without it')
        .refine((limit) => limit >= 1, 'must be at least 1')
        .optional(),
      offset: wholeNumber(1_000_000, 'How many to leave out at the start').optional(),
    })
    .refine(({ type = 'runs', status }) => !status || statusesOf[type].some((one) => one === status), {
      path: ['status'],
      error: 'is none of this type',
    }),
  reply: ok({
    runs: z.array(AutomationRunSummary).optional(),
    migrations: z.array(AutomatedMigration).optional(),
    total: z.int().describe('Matches before limit and offset'),
  }),
});

/** A moment or a whole day (UTC) as it arrives in a query: `end` is where that day is over. */
const moment = (end: 'start' | 'end', description: string) =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'must be ISO 8601, such as 2026-02-01T00:00:00Z or 2026-02-01 (a + as %2B)',
    })
    .transform((text) => (text.length > 10 ? text : `${text}T${end === 'start' ? '00:00:00' : '23:59:59.999'}Z`))
    .transform((text) => new Date(text).toISOString())
    .pipe(z.iso.datetime())
    .describe(description);

export const GetAutomationHistoryExport = route('GET', '/api/automigrate/history/export', {
  ...kept,
  summary: 'Moves that automation decided on, as a file, the newest first',
  query: z
    .strictObject({
      format: z
        .string()
        .max(10)
        .toLowerCase()
        .pipe(z.enum(['json', 'csv']))
        .optional()
        .describe('json or csv, in any case; json without it'),
      from: moment('start', 'Not before this, ISO 8601; a date alone is its beginning in UTC').optional(),
      to: moment('end', 'Not after this, ISO 8601; a date alone is its end in UTC').optional(),
    })
    .refine(({ from, to }) => !from || !to || from <= to, { path: ['to'], error: 'must not be before from' }),
  reply: z.array(AutomatedMigration),
  alternatives: ['text/csv'],
});
