import { run } from '@proxbalance/service-kit';
import { openRecommender } from './app.ts';
import { readConfig } from './config.ts';

await run('recommender', readConfig, openRecommender);
