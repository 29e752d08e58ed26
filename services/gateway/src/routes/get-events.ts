import { GetEvents } from '@proxbalance/contracts';
import type { Envelope } from '@proxbalance/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { typeFilter } from '../events/type-filter.ts';
import { endpoint } from '../http/endpoint.ts';

const heartbeatMs = 15_000;
/** A reader that does not read is let go; it comes back with its last id. */
const backlogMaxBytes = 4 * 1024 * 1024;

export function getEvents(server: FastifyInstance, { live }: Deps): void {
  endpoint(server, GetEvents, ({ query, request, reply }) => {
    const wanted = typeFilter(query.types);
    const lastId = request.headers['last-event-id'];
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': request.id,
    });
    const send = (envelope: Envelope) => {
      if (!wanted(envelope.type)) return;
      stream.write(`id: ${envelope.id}\nevent: ${envelope.type}\ndata: ${JSON.stringify(envelope)}\n\n`);
      if (stream.writableLength > backlogMaxBytes) stream.destroy();
    };
    stream.write(': connected\n\n');
    if (typeof lastId === 'string') for (const envelope of live.since(lastId)) send(envelope);
    const stopListening = live.listen(send);
    const heartbeat = setInterval(() => stream.write(': alive\n\n'), heartbeatMs);
    stream.on('close', () => {
      clearInterval(heartbeat);
      stopListening();
    });
    return reply;
  });
}
