import { readArguments, USAGE, UsageError } from './arguments.ts';
import { InputError } from './fields.ts';
import { startSimulator } from './simulator.ts';

/** Exit codes: 0 asked to stop, 1 could not start, 2 wrong usage. */
async function main(): Promise<void> {
  const simulator = await startSimulator(readArguments(process.argv.slice(2)));
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads the line may send a signal at once.
  process.stdout.write(`${JSON.stringify(simulator.ready)}\n`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const usage = error instanceof UsageError;
  process.stderr.write(`simulator: ${message}\n${usage ? `${USAGE}\n` : ''}`);
  process.exit(usage || error instanceof InputError ? 2 : 1);
});
