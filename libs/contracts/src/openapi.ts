import type { z } from 'zod';
import { type JsonSchemas, jsonSchemas } from './json-schema.ts';
import type { RouteContract } from './kit/route.ts';
import { failures, requestIdHeader, sharedFailures } from './openapi-failures.ts';
import { routes } from './routes.ts';

const requestIdParameter = { $ref: '#/components/parameters/RequestId' };

/** The HTTP API as OpenAPI 3.1. Pure: the same contracts give the same document, key for key. */
export function openApiDocument({ version }: { version: string }) {
  const schemas = jsonSchemas('draft-2020-12');
  const paths: Record<string, Record<string, object>> = {};
  for (const contract of routes) {
    const path = contract.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ProxBalance',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Watches a Proxmox VE cluster, plans and explains migrations, and carries them out. Roles: viewer < operator < admin. ' +
        'On a loopback address the API may run open; then no identity is asked for.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((contract) => contract.tag))].map((name) => ({ name })),
    paths,
    components: {
      responses: sharedFailures(schemas),
      schemas: schemas.components(),
      headers: { RequestId: { description: 'Names this request in every log line', schema: { type: 'string' } } },
      parameters: {
        RequestId: {
          name: 'X-Request-Id',
          in: 'header',
          description: 'Comes back in the answer and in every log line; made up when absent',
          schema: { type: 'string' },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'API token' },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-API-Key',
          description: 'The same token in a header of its own',
        },
      },
    },
  };
}

function operation(contract: RouteContract, schemas: JsonSchemas) {
  return {
    operationId: operationId(contract),
    tags: [contract.tag],
    summary: contract.summary,
    description: contract.role ? `Needs the role ${contract.role} or a higher one.` : 'Needs no identity.',
    'x-required-role': contract.role,
    security: contract.role ? [{ bearer: [] }, { apiKey: [] }] : [],
    parameters: [
      ...parameters(contract.params, 'path', schemas),
      ...parameters(contract.query, 'query', schemas),
      ...(contract.contentType === 'text/event-stream' ? [lastEventId] : []),
      requestIdParameter,
    ],
    ...(contract.body ? { requestBody: requestBody(contract.body, schemas) } : {}),
    responses: { 200: success(contract, schemas), ...failures(contract.errors, schemas) },
  };
}

/** `GET /api/guests/:vmid/location` is `getGuestsByVmidLocation`. */
function operationId({ method, path }: Pick<RouteContract, 'method' | 'path'>): string {
  const words = path
    .replace(/^\/api\//, '')
    .replaceAll('/:', '/by-')
    .split(/[^A-Za-z0-9]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** All parameters are text on the wire; one that is read as a number is described as that number. */
function parameters(object: z.ZodObject | undefined, place: 'path' | 'query', schemas: JsonSchemas) {
  if (!object) return [];
  const sent = schemas.input(object);
  const read = schemas.output(object);
  return Object.keys(object.shape).map((name) => {
    const number = read.properties?.[name]?.type === 'integer';
    const { description, ...schema } = (number ? read : sent).properties?.[name] ?? {};
    return {
      name,
      in: place,
      required: sent.required?.includes(name) ?? false,
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'Id of the last event that was seen; what came after it is sent again first',
  schema: { type: 'string' },
};

const requestBody = (body: z.ZodType, schemas: JsonSchemas) => ({
  required: !body.safeParse({}).success,
  content: { 'application/json': { schema: schemas.input(body) } },
});

const success = (contract: RouteContract, schemas: JsonSchemas) => ({
  description: contract.contentType ? 'The stream' : 'Done',
  headers: requestIdHeader,
  content: {
    [contract.contentType ?? 'application/json']: { schema: schemas.output(contract.reply) },
    ...Object.fromEntries((contract.alternatives ?? []).map((type) => [type, { schema: { type: 'string' } }])),
  },
});
