import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire between us and a server that a test can cut in one direction. */
export type Proxy = AsyncDisposable & {
  /** `host:port` to use in place of the real one. */
  host: string;
  /** Nothing of this comes through from now on; `reset` ends every connection, and lets new ones work. */
  swallow(what: 'answers' | 'requests'): void;
  reset(): void;
};

export async function openProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let swallowed: 'answers' | 'requests' | null = null;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    keep(near);
    keep(far);
    near.on('data', (chunk) => swallowed === 'requests' || far.write(chunk));
    far.on('data', (chunk) => swallowed === 'answers' || near.write(chunk));
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    swallowed = null;
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallow(what) {
      swallowed = what;
    },
    reset,
    async [Symbol.asyncDispose]() {
      reset();
      server.close();
    },
  };
}
