import { asyncApiDocument, GetAsyncApi, GetOpenApi, openApiDocument } from '@proxbalance/contracts';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { preparedEndpoint } from '../http/endpoint.ts';
import { prepare } from '../http/prepared.ts';

/** The page is one bundled script with its styles inline; nothing is loaded from elsewhere. */
const pagePolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:";

export async function documentation(server: FastifyInstance, { kit }: Deps): Promise<void> {
  const openApi = await prepare(openApiDocument({ version: kit.version }));
  const asyncApi = await prepare(asyncApiDocument({ version: kit.version }));
  preparedEndpoint(server, GetOpenApi, () => openApi);
  preparedEndpoint(server, GetAsyncApi, () => asyncApi);
  await server.register(async (page) => {
    page.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', pagePolicy);
    });
    await page.register(scalar, {
      routePrefix: '/api/docs',
      configuration: {
        url: '/api/openapi.json',
        // The page stays on this machine: nothing that shares, deploys or asks elsewhere.
        withDefaultFonts: false,
        telemetry: false,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
      },
    });
  });
  server.get('/', (_request, reply) => reply.redirect('/api/docs'));
  server.get('/metrics', { config: { role: 'viewer' } }, async (_request, reply) => {
    const { body, contentType } = await kit.metrics.render();
    return reply.type(contentType).send(body);
  });
}
