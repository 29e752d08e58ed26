import { run } from './bootstrap.mjs';

await run('docs.ts');
