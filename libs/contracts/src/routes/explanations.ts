import { z } from 'zod';
import { GuestExplanation, MigrationOptions } from '../explanation.ts';
import { route } from '../kit/route.ts';
import { JudgementInput } from '../scoring.ts';
import { VmidText } from '../values.ts';
import { ok } from './shapes.ts';

const guest = z.strictObject({ vmid: VmidText });
const errors = ['guest-not-found', 'no-snapshot', 'service-unavailable', 'broker-unavailable'] as const;

export const PostMigrationOptions = route('POST', '/api/guest/:vmid/migration-options', {
  tag: 'Recommendations',
  summary: 'Every node as a place for one guest, the best first; those that cannot be with the reason',
  role: 'viewer',
  params: guest,
  body: JudgementInput,
  reply: ok(MigrationOptions.shape),
  errors: ['node-not-found', ...errors],
});

export const GetGuestExplanation = route('GET', '/api/guests/:vmid/explain', {
  tag: 'Recommendations',
  summary: 'Why a guest moves or stays, and the least that would have to change',
  role: 'viewer',
  params: guest,
  reply: ok(GuestExplanation.shape),
  errors,
});
