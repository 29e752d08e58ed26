import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** Makes the folder of broker data, keys and logs, which only its owner may look into. Returns its one true path. */
export function openDataFolder(dir: string): string {
  const path = resolve(dir);
  try {
    const isNew = !existsSync(path);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (isNew) chmodSync(path, 0o700);
    return realpathSync(path);
  } catch (error) {
    throw new Error(`The data folder ${path} can't be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
