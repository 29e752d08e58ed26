import { run } from '@proxbalance/service-kit';
import { openAutomation } from './app.ts';
import { readConfig } from './config.ts';

await run('automation', readConfig, openAutomation);
