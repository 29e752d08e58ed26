import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { asyncApiDocument, events, openApiDocument } from '@proxbalance/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { read } from './support/repository.ts';

const version = '1.2.3';

test('the OpenAPI document is valid by its official schema', async () => {
  const validator = new Validator();
  const verdict = await validator.validate(JSON.parse(JSON.stringify(openApiDocument({ version }))));
  expect(verdict.errors ?? []).toEqual([]);
  expect(verdict.valid).toBe(true);
  expect(() => validator.resolveRefs()).not.toThrow();
});

test('the AsyncAPI document is valid by its official parser', async () => {
  const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApiDocument({ version })));
  const worse = diagnostics.filter(({ severity }) => severity <= 1);
  expect(worse.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
});

test('the committed documents are those of the contracts', () => {
  const script = join(import.meta.dirname, '..', 'scripts', 'docs.ts');
  const check = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

test('the page for integrations names every event', () => {
  const page = read('docs/events.md');
  expect(events.map(({ type }) => type).filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
});
