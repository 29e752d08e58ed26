import { readArguments, USAGE, UsageError } from './arguments.ts';
import { InputError } from './fields.ts';
import { startSimulator } from './simulator.ts';

/** Exit codes: 0 asked to stop, 1 could not start, 2 wrong usage. */
async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2));
  // After this turn of the event loop, so that whoever reads the ready line, or does not wait for it, is heard.
  const starting = Promise.resolve().then(() => startSimulator(settings));
  const stop = () => void starting.then((simulator) => simulator.close()).then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (settings.withParent) process.stdin.once('close', stop).once('error', stop).resume();
  const simulator = await starting;
  process.stdout.on('error', stop);
  process.stdout.write(`${JSON.stringify(simulator.ready)}\n`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const usage = error instanceof UsageError;
  process.stderr.write(`simulator: ${message}\n${usage ? `${USAGE}\n` : ''}`);
  process.exit(usage || error instanceof InputError ? 2 : 1);
});
