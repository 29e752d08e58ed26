import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { asyncApiDocument, openApiDocument } from '@proxbalance/contracts';
import rootPackage from '../package.json' with { type: 'json' };

/*
 * `node scripts/docs.ts` writes the API documents; `--check` writes nothing and fails when one is stale.
 */

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'api');
const { version } = rootPackage;

const documents = { 'openapi.json': openApiDocument({ version }), 'asyncapi.json': asyncApiDocument({ version }) };

const [option, ...surplus] = process.argv.slice(2);
if (surplus.length > 0 || (option !== undefined && option !== '--check')) {
  console.error('usage: node scripts/docs.ts [--check]');
  process.exit(2);
}
if (option === '--check') check();
else write();

function write() {
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of files()) {
    writeFileSync(file, text);
    console.log(`wrote ${relative(root, file)}`);
  }
}

function check() {
  const stale = files().filter(([file, text]) => present(file) !== text);
  for (const [file] of stale) {
    console.error(`${relative(root, file)} does not match libs/contracts: run npm run docs and commit it`);
  }
  if (stale.length > 0) process.exitCode = 1;
}

function files(): [file: string, text: string][] {
  return Object.entries(documents).map(([name, document]) => [
    join(folder, name),
    `${JSON.stringify(document, null, 2)}\n`,
  ]);
}

/** `undefined` when the file was never written. */
function present(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
