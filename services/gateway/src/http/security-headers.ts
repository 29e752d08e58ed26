import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/** What helmet tells browsers. It is the same with every answer, so it is read off once. */
export const securityHeaders: Readonly<Record<string, string>> = await readOff();

async function readOff(): Promise<Record<string, string>> {
  const server = Fastify();
  await server.register(helmet);
  server.get('/', (_request, reply) => reply.send());
  const {
    'content-length': _length,
    date: _date,
    connection: _connection,
    ...headers
  } = (await server.inject('/')).headers;
  await server.close();
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
