import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** Answers recorded off real clusters, and the official schema. They are not part of the project: see PROXBALANCE_SHARED. */
const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../shared'),
  'fixtures/proxmox',
);

/** Empty, with a loud word, where they are not at hand. */
export const recordedFiles = (): string[] => {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  if (files.length === 0) console.warn(`SKIPPED: no recorded answers in ${folder} (set PROXBALANCE_SHARED)`);
  return files;
};

export const readRecorded = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

const Envelope = z.object({ data: z.unknown() });

/** What the answer carries. */
export const recordedData = (file: string): unknown => Envelope.parse(readRecorded(file)).data;

export const decodeRecorded = <T>(shape: z.ZodType<T>, file: string): T => shape.parse(recordedData(file));
