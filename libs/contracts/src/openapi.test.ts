import { describe, expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

type Operation = {
  operationId: string;
  security: object[];
  parameters: { name?: string; $ref?: string; in: string; required: boolean; description?: string; schema: object }[];
  responses: Record<string, unknown>;
  requestBody?: { required: boolean };
};

const document = openApiDocument({ version: '1.2.3' });
const { schemas } = document.components;
const at = (method: string, path: string) => document.paths[path]?.[method] as Operation;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path) as Operation[]);

test('every route is an operation, each with an id of its own', () => {
  expect(operations).toHaveLength(routes.length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
  expect(at('get', '/api/guests/{vmid}/location').operationId).toBe('getGuestsByVmidLocation');
});

test('the same contracts give the same text', () => {
  expect(JSON.stringify(openApiDocument({ version: '1.2.3' }))).toBe(JSON.stringify(document));
});

describe('parameters', () => {
  test('text that is read as a number is described as that number', () => {
    const byName = (method: string, path: string, name: string) =>
      at(method, path).parameters.find((parameter) => parameter.name === name);
    expect(byName('get', '/api/guests/{vmid}/location', 'vmid')).toEqual({
      name: 'vmid',
      in: 'path',
      required: true,
      description: 'Proxmox guest id',
      schema: { type: 'integer', minimum: 100, maximum: 999_999_999 },
    });
    expect(byName('get', '/api/recommendations', 'limit')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 0, maximum: 100_000 },
    });
  });

  test('each one is described', () => {
    const own = operations.flatMap(({ parameters }) => parameters).filter(({ $ref }) => !$ref);
    expect(own.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  test('the live stream can be resumed', () => {
    expect(at('get', '/api/events').parameters).toContainEqual(
      expect.objectContaining({ name: 'Last-Event-ID', in: 'header' }),
    );
  });
});

describe('roles', () => {
  test('a route with a role takes a token in either header', () => {
    expect(at('post', '/api/migrate')).toMatchObject({
      'x-required-role': 'operator',
      description: expect.stringContaining('operator'),
      security: [{ bearer: [] }, { apiKey: [] }],
    });
  });

  test('health needs no identity', () => {
    expect(at('get', '/api/health')).toMatchObject({ 'x-required-role': null, security: [] });
  });
});

describe('answers', () => {
  test('every operation lists the refusals any request can meet', () => {
    const always = ['400', '401', '403', '405', '413', '415', '429', '500'];
    for (const { responses } of operations)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', ...always]));
  });

  test('a route’s own refusals stand under their status, with their codes', () => {
    expect(at('post', '/api/migrate').responses['409']).toMatchObject({
      content: {
        'application/json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Failure' },
              {
                properties: {
                  code: { enum: ['guest-already-migrating', 'guest-elsewhere', 'guest-not-movable', 'check-failed'] },
                },
              },
            ],
          },
        },
      },
    });
  });

  test('the live stream is no JSON', () => {
    expect(at('get', '/api/events').responses['200']).toHaveProperty(['content', 'text/event-stream']);
  });

  test('a body that may be empty is not required', () => {
    expect(at('post', '/api/recommendations').requestBody?.required).toBe(false);
    expect(at('post', '/api/migrate').requestBody?.required).toBe(true);
  });
});

describe('components', () => {
  test('the nouns are there by name', () => {
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(['ClusterSnapshot', 'Guest', 'Migration', 'Node', 'Settings']),
    );
    expect(Object.keys(schemas).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  test('a secret is write-only where it is set, and says so where it is shown', () => {
    expect(schemas.SettingsPatch?.properties?.proxmox_api_token_secret).toMatchObject({ writeOnly: true });
    expect(schemas.Settings?.properties?.proxmox_api_token_secret?.description).toContain('***');
  });

  test('an answer may grow fields; an input may not', () => {
    expect(schemas.Settings).not.toHaveProperty('additionalProperties');
    expect(schemas.SettingsPatch).toHaveProperty('additionalProperties', false);
  });
});
