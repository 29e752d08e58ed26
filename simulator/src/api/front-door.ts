import { createServer as createPlainServer } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';

export interface FrontDoor {
  server: Server;
  close(): Promise<void>;
}

/** First byte of a TLS handshake record. */
const TLS_HANDSHAKE = 0x16;

/** One port for both: TLS goes to the API, plain HTTP is sent to https, and a node that is down resets every caller. */
export function openFrontDoor(secure: SecureServer, isUp: () => boolean): FrontDoor {
  const sockets = new Set<Socket>();
  const plain = createPlainServer((request, response) => {
    const status = request.method === 'GET' || request.method === 'HEAD' ? 301 : 308;
    response.writeHead(status, {
      Location: `https://${request.headers.host ?? ''}${request.url ?? '/'}`,
      Connection: 'close',
    });
    response.end();
  });
  const server = createServer((socket) => {
    if (!isUp()) return void socket.resetAndDestroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) return;
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
    });
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
