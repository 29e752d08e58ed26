import { run } from '@proxbalance/service-kit';
import { openMigrator } from './app.ts';
import { readConfig } from './config.ts';

await run('migrator', readConfig, openMigrator);
