import { once } from 'node:events';
import { createServer } from 'node:http';

type Message = { title: string; message: string; event: { id: string; type: string } };

/** Somebody's webhook: takes messages, or is out of order for as long as a test wants. */
export type Receiver = AsyncDisposable & {
  url: string;
  /** Messages it took about events of one type, in order. */
  taken(type: string): Message[];
  /** Answers this instead of taking the next so many messages. */
  refuse(times: number, status: number): void;
};

export async function startReceiver(): Promise<Receiver> {
  const taken: Message[] = [];
  let refusals: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const refusal = refusals.shift();
    if (refusal === undefined) taken.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(refusal ?? 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken: (type) => taken.filter(({ event }) => event.type === type),
    refuse(times, status) {
      refusals = Array.from({ length: times }, () => status);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
