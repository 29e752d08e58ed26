import { keepYoungSpaceSmall, run } from '@proxbalance/service-kit';
import { openCollector } from './app.ts';
import { readConfig } from './config.ts';

keepYoungSpaceSmall();
await run('collector', readConfig, openCollector);
