import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '../../../../tests/support/brokers.ts';
import { testNamespace } from './test-bus.ts';

/** A server that a test may break, and a namespace on it. */
export async function ownNats() {
  const folder = mkdtempSync(join(tmpdir(), 'proxbalance-kit-'));
  const storeDir = join(folder, 'store');
  const server = await startNats({ storeDir });
  const namespace = testNamespace(server.url);
  return {
    server,
    namespace,
    /** SIGKILL, and back on the same port and data. */
    async crash() {
      await server.kill();
      await server.restart();
    },
    /** SIGKILL, and back on the same port with nothing remembered. */
    async crashAndForget() {
      await server.kill();
      await rm(storeDir, { recursive: true, force: true });
      await server.restart();
    },
    async [Symbol.asyncDispose]() {
      await namespace.close();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
