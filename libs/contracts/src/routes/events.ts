import { z } from 'zod';
import { route } from '../kit/route.ts';

export const GetEvents = route('GET', '/api/events', {
  tag: 'Events',
  summary: 'Live CloudEvents (Server-Sent Events); Last-Event-ID replays what was missed',
  role: 'viewer',
  query: z.strictObject({
    types: z
      .string()
      .max(1000)
      .regex(/^[a-z0-9*.-]+(,[a-z0-9*.-]+)*$/, 'must be a comma list of event types, * as a wildcard')
      .optional()
      .describe('Comma list of event types, * as a wildcard: migration.*,settings.changed'),
  }),
  reply: z.string().describe('One event a block: id, event (type), data (CloudEvents JSON)'),
  contentType: 'text/event-stream',
  errors: ['broker-unavailable'],
});
