import { GetEvents } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import type { LiveEvent } from '../events/live-events.ts';
import { typeFilter } from '../events/type-filter.ts';
import { endpoint } from '../http/endpoint.ts';

const heartbeatMs = 15_000;
/** A reader that does not read is let go; it comes back with its last id. */
const backlogMaxBytes = 4 * 1024 * 1024;

export function getEvents(server: FastifyInstance, { live }: Deps): void {
  const open = new Set<() => void>();
  server.addHook('preClose', async () => {
    for (const end of open) end();
  });
  endpoint(server, GetEvents, ({ query, request, reply }) => {
    const wanted = typeFilter(query.types);
    reply.hijack();
    const stream = reply.raw;
    // Gone before it got here: it would never be missed, and never let go.
    if (stream.destroyed) return reply;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) stream.setHeader(name, value);
    stream.setHeader('content-type', 'text/event-stream; charset=utf-8');
    stream.setHeader('cache-control', 'no-cache, no-transform');
    stream.setHeader('x-accel-buffering', 'no');
    stream.writeHead(200);
    if (request.method === 'HEAD') {
      stream.end();
      return reply;
    }
    const send = ({ type, block }: LiveEvent) => {
      if (!wanted(type) || stream.destroyed) return;
      stream.write(block);
      if (stream.writableLength > backlogMaxBytes) stream.destroy();
    };
    stream.write(': connected\n\n');
    const stopFollowing = live.follow(lastIdOf(request.headers['last-event-id']), send);
    const heartbeat = setInterval(() => stream.write(': alive\n\n'), heartbeatMs);
    const end = () => void stream.end();
    open.add(end);
    stream.on('close', () => {
      clearInterval(heartbeat);
      stopFollowing();
      open.delete(end);
    });
    return reply;
  });
}

const lastIdOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header : undefined;
