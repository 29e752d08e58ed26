import { run } from '@proxbalance/service-kit';
import { openGateway } from './app.ts';
import { readConfig } from './config.ts';

await run('gateway', readConfig, openGateway);
