import { run } from '@proxbalance/service-kit';
import { openNotifier } from './app.ts';
import { readConfig } from './config.ts';

await run('notifier', readConfig, openNotifier);
