import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchemas } from './json-schema.ts';

const Colour = z.enum(['red', 'green']).meta({ id: 'TestColour' });

test.each(['draft-2020-12', 'draft-7'] as const)('in %s a noun with an id becomes a component, once', (target) => {
  const schemas = jsonSchemas(target);
  const schema = schemas.output(z.object({ front: Colour, back: Colour }));
  expect(schema.properties).toEqual({
    front: { $ref: '#/components/schemas/TestColour' },
    back: { $ref: '#/components/schemas/TestColour' },
  });
  expect(schemas.components()).toEqual({ TestColour: { type: 'string', enum: ['red', 'green'] } });
});

test('a noun that is one thing when sent and another when answered needs two names', () => {
  const Choice = z.object({ colour: z.string().default('red') }).meta({ id: 'TestChoice' });
  const schemas = jsonSchemas('draft-2020-12');
  schemas.output(z.array(Choice));
  expect(() => schemas.input(z.array(Choice))).toThrow(/TestChoice differs/);
});

test('a secret is marked in words, and write-only where it is sent', () => {
  const Login = z.object({ key: z.string().meta({ secret: true }) });
  const schemas = jsonSchemas('draft-2020-12');
  const note = expect.stringContaining('***');
  expect(schemas.input(Login).properties?.key).toEqual({ type: 'string', description: note, writeOnly: true });
  expect(schemas.output(Login).properties?.key).toEqual({ type: 'string', description: note });
});

test('fields that are called like keywords stay fields', () => {
  const schema = z.object({ secret: z.string(), pattern: z.string(), minimum: z.number(), id: z.string() });
  expect(Object.keys(jsonSchemas('draft-7').output(schema).properties ?? {}).sort()).toEqual([
    'id',
    'minimum',
    'pattern',
    'secret',
  ]);
});

test('a whole number without limits says nothing about what JavaScript can hold', () => {
  expect(jsonSchemas('draft-7').output(z.int())).toEqual({ type: 'integer' });
});
