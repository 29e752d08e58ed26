import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, type Env, portText, readEnv } from './env.ts';
import { KitEnv } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxbalance-env-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const problemsOf = (schema: z.ZodObject, env: Env): string[] => {
  try {
    readEnv(schema, env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
};

const Schema = z.object({ HOST: z.string(), PORT: portText.default(80), PASSWORD: z.string().optional() });

describe('a value', () => {
  test('comes from its variable, and is what the schema makes of it', () => {
    expect(readEnv(Schema, { HOST: 'here', PORT: '8080', OTHER: 'x' })).toEqual({ HOST: 'here', PORT: 8080 });
  });

  test('comes from a file named by NAME_FILE, without the newline at its end', () => {
    const path = file('password', 'hunter2\n');
    expect(readEnv(Schema, { HOST: 'here', PASSWORD_FILE: path }).PASSWORD).toBe('hunter2');
  });

  test('in the environment beats one in a file', () => {
    const path = file('other', 'from the file');
    expect(readEnv(Schema, { HOST: 'here', PASSWORD: 'direct', PASSWORD_FILE: path }).PASSWORD).toBe('direct');
  });

  test('that is empty counts as absent', () => {
    expect(readEnv(Schema, { HOST: 'here', PORT: '', PASSWORD: '', PASSWORD_FILE: '' })).toEqual({
      HOST: 'here',
      PORT: 80,
    });
    expect(problemsOf(Schema, { HOST: '' })).toEqual([expect.stringMatching(/^HOST: /)]);
  });

  test('never shows in what is said about it', () => {
    expect(
      problemsOf(KitEnv, { REDIS_URL: 'http://user:hunter2@host', PROXBALANCE_SECRET_KEY: 'hunter2' }).join(),
    ).not.toContain('hunter2');
  });
});

test('every mistake is told at once', () => {
  expect(problemsOf(Schema, { PORT: '70000', PASSWORD_FILE: '/nowhere/at/all' })).toEqual([
    expect.stringMatching(/^PASSWORD_FILE: cannot read \/nowhere\/at\/all/),
    expect.stringMatching(/^HOST: /),
    expect.stringMatching(/^PORT: /),
  ]);
});

test('what was read cannot be changed', () => {
  const config = readEnv(Schema, { HOST: 'here' }) as { HOST: string };
  expect(() => {
    config.HOST = 'there';
  }).toThrow(TypeError);
});

test.each(['-1', '65536', '1e3', '80 ', 'http', '0x50', '123456'])('%j is no port', (text) => {
  expect(problemsOf(Schema, { HOST: 'here', PORT: text })).toHaveLength(1);
});

test('a service needs nothing in its environment', () => {
  expect(readEnv(KitEnv, {})).toMatchObject({ PROXBALANCE_NAMESPACE: 'proxbalance', PROXBALANCE_OPS_PORT: 0 });
});
