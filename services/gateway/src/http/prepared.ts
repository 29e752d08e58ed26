import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);
const worthCompressingBytes = 1024;

/** An answer that is the same for everyone: serialised once, compressed once, and not sent again to who has it. */
export type Prepared = { etag: string; body: Buffer; zipped(): Promise<Buffer> };

export function prepare(etag: string, answer: unknown): Prepared {
  const body = Buffer.from(JSON.stringify(answer));
  let zipped: Promise<Buffer> | undefined;
  return {
    etag: `"${etag}"`,
    body,
    zipped: () => {
      zipped ??= compress(body, { level: 4 });
      return zipped;
    },
  };
}

export async function sendPrepared(request: FastifyRequest, reply: FastifyReply, prepared: Prepared): Promise<FastifyReply> {
  reply.header('etag', prepared.etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding');
  if (knows(request, prepared.etag)) return reply.code(304).send();
  reply.type('application/json; charset=utf-8');
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!takesGzip || prepared.body.length < worthCompressingBytes) return reply.send(prepared.body);
  return reply.header('content-encoding', 'gzip').send(await prepared.zipped());
}

/** A proxy that compresses turns an ETag into a weak one; it is still the same answer. */
function knows(request: FastifyRequest, etag: string): boolean {
  const known = String(request.headers['if-none-match'] ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
