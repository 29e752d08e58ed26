/** Reads of the snapshot against a bare Fastify server that sends the same bytes. Arguments: sizes such as 8x200. */
import Fastify from 'fastify';
import { printTable, sizes } from './support/figures.ts';
import { load } from './support/load.ts';
import { startSystem } from './support/system.ts';

const seconds = 2;
const rounds = 3;

for (const size of sizes(process.argv.slice(2))) {
  await using system = await startSystem(`generated:${size.label}`, ['collector', 'gateway']);
  const url = await system.gatewayUrl();
  await untilComplete(url);
  await holdSnapshot(url);
  const rows: [string, string][] = [];
  for (const path of ['/api/analyze', '/api/nodes-only']) {
    const answer = await fetch(`${url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    const etag = answer.headers.get('etag') ?? '';
    const zipped = await rawBody(`${url}${path}`, { 'accept-encoding': 'gzip' });
    const plain = await rawBody(`${url}${path}`, {});
    rows.push([`${path} plain, ${mib(plain)} MiB`, await compare(url + path, {}, plain, '')]);
    rows.push([
      `${path} gzip, ${mib(zipped)} MiB`,
      await compare(url + path, { 'accept-encoding': 'gzip' }, zipped, 'gzip'),
    ]);
    rows.push([`${path} 304`, await compare(url + path, { 'if-none-match': etag }, Buffer.alloc(0), '', etag)]);
  }
  printTable(`serve ${size.label}: requests/s of ours, of the bare server, ratio`, rows);
}

/** Best of some rounds each, taken in turns, so that what else the machine does hits both. */
async function compare(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
  encoding: string,
  etag = '',
): Promise<string> {
  const bare = await bareServer(body, encoding, etag);
  const ours: number[] = [];
  const theirs: number[] = [];
  const connections = body.length > 1e6 ? 4 : 16;
  for (let round = 0; round < rounds; round++) {
    theirs.push((await load({ url: bare.url, headers, connections, seconds })).requestsPerSecond);
    ours.push((await load({ url, headers, connections, seconds })).requestsPerSecond);
  }
  await bare.close();
  const [best, bestBare] = [Math.max(...ours), Math.max(...theirs)];
  return `${best.toFixed(0)}  ${bestBare.toFixed(0)}  ${(best / bestBare).toFixed(2)}`;
}

async function bareServer(body: Buffer, encoding: string, etag: string) {
  const server = Fastify();
  server.get('/', (request, reply) => {
    if (etag !== '' && request.headers['if-none-match'] === etag) return reply.code(304).send();
    if (encoding !== '') reply.header('content-encoding', encoding);
    return reply.type('application/json; charset=utf-8').send(body);
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url: `${url}/`, close: () => server.close() };
}

async function rawBody(url: string, headers: Record<string, string>): Promise<Buffer> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(Buffer.concat(parts)));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A snapshot that stays, so that its ETag does. */
async function holdSnapshot(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/api/config`, { method: 'POST', headers, body: JSON.stringify({ live_interval_seconds: 300 }) });
  // The change itself takes one more snapshot.
  await new Promise((resolve) => setTimeout(resolve, 5000));
}

async function untilComplete(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/cluster-summary`);
    if (answer.ok) {
      const { data } = (await answer.json()) as { data: { summary: { unknown_guests: number } } };
      if (data.summary.unknown_guests === 0) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function mib(body: Buffer): string {
  return (body.length / 2 ** 20).toFixed(2);
}
