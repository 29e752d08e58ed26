import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out for outgoing connections (from 32768 on Linux): one of those could be taken by
 * any client while a broker restarts, even by a client that tries to reach this very broker.
 */
const lowest = 20_000;
const highest = 32_000;

/** A loopback port nobody listens on now. Somebody may take it before it is used: be ready to ask again. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found on 127.0.0.1 from ${lowest} to ${highest}.`);
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}
