import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

type Taken = {
  path: string;
  headers: IncomingHttpHeaders;
  body: { title: string; message: string; event: { id: string } };
  at: number;
};
type Answer = { status: number; headers?: Record<string, string> };

/** Somebody's webhook. Keeps every request; answers them with what was prepared, then with 204. */
export type Receiver = AsyncDisposable & {
  url: string;
  port: number;
  requests: Taken[];
  /** Answers of the next requests, in order. */
  next(...answers: (Answer | 'silence')[]): void;
};

export async function startReceiver(port = 0): Promise<Receiver> {
  const requests: Taken[] = [];
  const prepared: (Answer | 'silence')[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url: path = '', headers } = request;
    requests.push({ path, headers, body: JSON.parse(Buffer.concat(chunks).toString()), at: Date.now() });
    const answer = prepared.shift() ?? { status: 204 };
    if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end('an answer nobody reads');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${own}/hook/hunter2`,
    port: own,
    requests,
    next: (...answers) => void prepared.push(...answers),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
