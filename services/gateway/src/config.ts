import { type Env, KitEnv, portText, readEnv } from '@proxbalance/service-kit';
import { z } from 'zod';

export const GatewayEnv = KitEnv.extend({
  PROXBALANCE_HOST: z.string().default('127.0.0.1'),
  PROXBALANCE_PORT: portText.default(5000),
  PROXBALANCE_AUTH: z.enum(['auto', 'token', 'off']).default('auto'),
  PROXBALANCE_ADMIN_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
});
export type GatewayEnv = Readonly<z.output<typeof GatewayEnv>>;

export const readConfig = (env: Env): GatewayEnv => readEnv(GatewayEnv, env);
