import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Certificate, one } from './certificates.ts';

/** What a server saw. `authorization`: the header as it came. */
export type Seen = {
  method: string;
  path: string;
  body: string;
  authorization: string | undefined;
  headers: IncomingHttpHeaders;
};
export type Respond = (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;

export type TestServer = AsyncDisposable & {
  host: { host: string; port: number };
  seen: Seen[];
  /** Connections that got through TLS. */
  connections: () => number;
  /** Cuts every connection. */
  cut: () => void;
};

/** An HTTPS server on a free port of 127.0.0.1 (`port` to come back on a known one) that answers what `respond` writes. */
export const startServer = async (respond: Respond, certificate: Certificate = one, port = 0): Promise<TestServer> => {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(certificate, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        path: request.url ?? '',
        body,
        authorization: request.headers.authorization,
        headers: request.headers,
      };
      seen.push(entry);
      respond(request, response, entry);
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  const address = await listening(server, port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: { host: '127.0.0.1', port: address.port },
    seen,
    connections: () => connections,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Answers `{"data": …}`. */
export const data =
  (value: unknown): Respond =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json;charset=UTF-8');
    response.end(JSON.stringify({ data: value }));
  };

/** Answers a status with a reason phrase and no body, like a proxying host. */
export const status =
  (code: number, reason: string): Respond =>
  (_request, response) => {
    response.writeHead(code, reason, { connection: 'close' }).end();
  };

const listening = (server: Server, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no address'));
      else resolve(address);
    });
  });
