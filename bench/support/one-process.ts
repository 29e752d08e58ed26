import { openAll } from '../../scripts/all.ts';

/* All six services in one process, as `npm start` has them, until it is told to end. */
const { close } = await openAll(process.env);
process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
