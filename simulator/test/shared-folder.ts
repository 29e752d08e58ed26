import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = process.env.PROXBALANCE_SHARED ?? join(ROOT, '..', 'shared');
const FIXTURES = join(FOLDER, 'fixtures', 'proxmox');

/** The recorded answers of real Proxmox hosts live outside this repository. */
export const hasShared = existsSync(join(FIXTURES, 'pve-schema-subset.json'));

export function skipLoudly(what: string): void {
  process.stderr.write(`SKIPPED: ${what}: no fixtures in ${FIXTURES} (set PROXBALANCE_SHARED)\n`);
}

export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
}

/** The `data` of a recorded answer. */
export function recorded(name: string): unknown {
  const body = readFixture(`${name}.json`);
  return (body as { data: unknown }).data;
}

export function readText(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}
