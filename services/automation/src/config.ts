import { type Env, KitEnv, readEnv } from '@proxbalance/service-kit';

export const readConfig = (env: Env): KitEnv => readEnv(KitEnv, env);
