import { openAll } from '../../scripts/all.ts';

/* All six services in one process, as `npm start` has them, until it is told to end. Its argument is their environment, as JSON. */
const { close } = await openAll(JSON.parse(process.argv[2] ?? '{}'));
process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
