import { z } from 'zod';
import { route } from '../kit/route.ts';
import { ok } from './shapes.ts';

export const PostNotificationsTest = route('POST', '/api/notifications/test', {
  tag: 'Notifications',
  summary: 'Send a test message through one provider now',
  role: 'operator',
  body: z.strictObject({ provider: z.enum(['webhook']) }),
  reply: ok({ message: z.string(), provider: z.string() }),
  errors: ['delivery-failed', 'service-unavailable', 'broker-unavailable'],
});
