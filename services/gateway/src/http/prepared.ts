import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);
const worthCompressingBytes = 1024;

/** An answer that is the same for everyone: serialised once, compressed once, and not sent again to who has it. */
export type Prepared = { etag: string; body: Buffer; zipped(): Promise<Buffer> };

export function prepare(answer: unknown): Prepared {
  const body = Buffer.from(JSON.stringify(answer));
  let zipped: Promise<Buffer> | undefined;
  return {
    // Of the content: every replica gives the same one, and no two answers share one.
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    body,
    zipped: () => {
      zipped ??= compress(body, { level: 4 });
      return zipped;
    },
  };
}

export async function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  prepared: Prepared,
): Promise<FastifyReply> {
  reply.header('etag', prepared.etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding');
  if (knows(request, prepared.etag)) return reply.code(304).send();
  reply.type('application/json; charset=utf-8');
  const isLarge = prepared.body.length >= worthCompressingBytes;
  if (!isLarge || !takesGzip(request.headers['accept-encoding'])) return reply.send(prepared.body);
  return reply.header('content-encoding', 'gzip').send(await prepared.zipped());
}

/** A proxy that compresses turns an ETag into a weak one; it is still the same answer. */
function knows(request: FastifyRequest, etag: string): boolean {
  const known = String(request.headers['if-none-match'] ?? '')
    .split(',')
    .map((entry) => entry.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}

/** `gzip;q=0` means: anything but that. */
const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((entry) => /^gzip$/i.test(entry.split(';')[0]?.trim() ?? '') && !/;\s*q=0(\.0*)?\s*$/i.test(entry));
