import { describe, expect, test } from 'vitest';
import { hasShared, readFixture, skipLoudly } from '../../../test/shared-folder.ts';
import { isNine } from '../../pve-version.ts';
import { ROUTES } from '../router.ts';
import { PARAMETERS } from './all.ts';
import type { Parameter } from './parameter.ts';

interface SchemaParameter {
  type?: string;
  optional?: number;
  enum?: string[];
  minimum?: number | string;
  maximum?: number | string;
  minLength?: number;
  maxLength?: number;
}

interface SchemaEndpoint {
  parameters: { properties?: Record<string, SchemaParameter> };
}

type Schema = Record<'pve8' | 'pve9', Record<string, Record<string, SchemaEndpoint>>>;

test('every route has its parameters and the other way round', () => {
  expect(ROUTES.map((route) => `${route.method} ${route.path}`).sort()).toEqual(Object.keys(PARAMETERS).sort());
});

if (!hasShared) skipLoudly('parameter tables against the official schema');

describe.skipIf(!hasShared)('the tables say what the official schema says', () => {
  const schema = hasShared ? (readFixture('pve-schema-subset.json') as Schema) : { pve8: {}, pve9: {} };
  // The published extract leaves these parameters out; they are in the sources of Proxmox.
  const unpublished = new Set(['GET /cluster/nextid vmid', 'GET /nodes/{node}/tasks vmid']);

  test.each(Object.keys(PARAMETERS).flatMap((key) => [[key, '9.2'] as const, [key, '8.4'] as const]))(
    '%s on %s',
    (key, pve) => {
      const [method = '', path = ''] = key.split(' ');
      const official = schema[isNine(pve) ? 'pve9' : 'pve8'][path]?.[method];
      const route = ROUTES.find((candidate) => `${candidate.method} ${candidate.path}` === key);
      if (!official) return expect(isNine(pve) ? undefined : route?.since).toBeGreaterThanOrEqual(900);
      const ours: Record<string, unknown> = {};
      for (const [name, parameter] of Object.entries(PARAMETERS[key] ?? {})) {
        if (parameter.nine && !isNine(pve)) continue;
        if (unpublished.has(`${key} ${name}`) && !official.parameters.properties?.[name]) continue;
        ours[name] = ourView(parameter, isNine(pve));
      }
      const theirs = Object.fromEntries(
        Object.entries(official.parameters.properties ?? {}).map(([name, value]) => [name, theirView(value)]),
      );
      expect(ours).toEqual(theirs);
    },
  );
});

function ourView(parameter: Parameter, nine: boolean) {
  const choices = nine ? parameter.choices : (parameter.choices8 ?? parameter.choices);
  return {
    type: parameter.type,
    optional: parameter.optional,
    choices: choices ? [...choices].sort() : null,
    min: parameter.min ?? null,
    max: parameter.max ?? null,
    minLength: parameter.minLength ?? null,
    maxLength: parameter.maxLength ?? null,
  };
}

function theirView(parameter: SchemaParameter) {
  return {
    type: parameter.type,
    optional: parameter.optional === 1,
    choices: parameter.enum ? [...parameter.enum].sort() : null,
    min: parameter.minimum === undefined ? null : Number(parameter.minimum),
    max: parameter.maximum === undefined ? null : Number(parameter.maximum),
    minLength: parameter.minLength ?? null,
    maxLength: parameter.maxLength ?? null,
  };
}
