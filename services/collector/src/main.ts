import { run } from '@proxbalance/service-kit';
import { openCollector } from './app.ts';
import { readConfig } from './config.ts';

await run('collector', readConfig, openCollector);
