import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encode } from './encode.ts';
import { rememberLast } from './remember-last.ts';
import { securityHeaders } from './security-headers.ts';

const compress = promisify(gzip);
const worthCompressingBytes = 1024;

/** An answer that is the same for everyone: serialised once, compressed once, and not sent again to who has it. */
export type Prepared = {
  etag: string;
  body: Buffer;
  /** The body compressed, as soon as that is done; the first one to ask has it done. */
  zipped(): Buffer | Promise<Buffer>;
};

export async function prepare(answer: unknown): Promise<Prepared> {
  const { body, hash } = await encode(answer);
  let zipped: Buffer | Promise<Buffer> | undefined;
  return {
    // Of the content: every replica gives the same one, and no two answers share one.
    etag: `"${hash.slice(0, 27)}"`,
    body,
    zipped() {
      zipped ??= compress(body, { level: 4 }).then((done) => {
        zipped = done;
        return done;
      });
      return zipped;
    },
  };
}

/** Sends at once what is there; only who wants it compressed first of all waits. */
export function sendPrepared(request: FastifyRequest, reply: FastifyReply, prepared: Prepared): void | Promise<void> {
  const { etag, body } = prepared;
  reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding');
  // What came with the answer the client has still holds.
  if (knows(request.headers['if-none-match'], etag)) return void reply.code(304).send();
  reply.headers(securityHeaders).header('content-type', 'application/json; charset=utf-8');
  if (body.length < worthCompressingBytes || !takesGzip(request.headers['accept-encoding']))
    return void reply.send(body);
  reply.header('content-encoding', 'gzip');
  const zipped = prepared.zipped();
  if (zipped instanceof Promise) return zipped.then((done) => void reply.send(done));
  reply.send(zipped);
}

/** A proxy that compresses turns an ETag into a weak one; it is still the same answer. */
function knows(header: string | undefined, etag: string): boolean {
  if (header === undefined || header === etag) return header === etag;
  const known = header.split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}

/** `gzip;q=0` means: anything but that. */
const takesGzip = rememberLast((accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((entry) => /^gzip$/i.test(entry.split(';')[0]?.trim() ?? '') && !/;\s*q=0(\.0*)?\s*$/i.test(entry)),
);
