import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be broken: what the network does, while the server goes on. */
export async function openCable(url: string) {
  const { hostname, port, protocol } = new URL(url);
  const sockets = new Set<Socket>();
  const state = { isCut: false, swallows: false };
  const server = createServer((near) => {
    if (state.isCut) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => state.swallows || near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const ownPort = typeof address === 'object' && address ? address.port : 0;
  const cut = () => {
    state.isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${protocol}//127.0.0.1:${ownPort}`,
    /** What the server sends from now on is lost, without anybody noticing. */
    swallow() {
      state.swallows = true;
    },
    cut,
    mend() {
      Object.assign(state, { isCut: false, swallows: false });
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
