import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@proxbalance/contracts';
import type { Env } from '@proxbalance/service-kit';
import { neutralEnv } from '../../../../tests/support/environment.ts';
import { openService, type ServiceProcess } from '../../../../tests/support/service-process.ts';

/** A service as a process of its own, ended with the test. */
export async function startProcess(name: ServiceName, env: Env): Promise<ServiceProcess & AsyncDisposable> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxbalance-service-')));
  const service = openService(
    name,
    { ...neutralEnv(), ...env, LOG_LEVEL: env.LOG_LEVEL === 'trace' ? 'trace' : 'info' },
    folder,
  );
  const end = async () => {
    await service.kill9();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await service.start();
  } catch (error) {
    await end();
    throw error;
  }
  return { ...service, [Symbol.asyncDispose]: end };
}
