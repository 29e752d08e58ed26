import { z } from 'zod';
import { route } from '../kit/route.ts';
import { Settings, SettingsPatch } from '../settings.ts';
import { ok } from './shapes.ts';

export const GetConfig = route('GET', '/api/config', {
  tag: 'Configuration',
  summary: 'All settings; secrets as ***',
  role: 'viewer',
  reply: ok({ config: Settings, from_environment: z.array(z.string()).describe('Keys the environment decides') }),
  errors: ['broker-unavailable'],
});

export const PostConfig = route('POST', '/api/config', {
  tag: 'Configuration',
  summary: 'Change some settings; *** keeps a secret',
  role: 'admin',
  body: SettingsPatch,
  reply: ok({ message: z.string(), config: Settings, from_environment: z.array(z.string()) }),
  errors: ['settings-from-environment', 'conflict', 'broker-unavailable'],
});
