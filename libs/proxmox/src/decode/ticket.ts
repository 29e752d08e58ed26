import { z } from 'zod';
import { flag, text } from './values.ts';

/** `POST /access/ticket`. With a second factor asked for, the ticket is good for answering that and nothing else. */
export const Ticket = z.object({ ticket: text, CSRFPreventionToken: text, NeedTFA: flag }).transform((row) => ({
  ticket: row.ticket,
  csrf: row.CSRFPreventionToken,
  needsSecondFactor: row.NeedTFA || row.ticket.startsWith('PVE:!tfa!'),
}));
export type Ticket = z.infer<typeof Ticket>;
