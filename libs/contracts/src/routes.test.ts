import { describe, expect, test } from 'vitest';
import { Analyze, GetRecommendations, GetTask, PostMigrate, routes } from './routes.ts';

test('no method and path are declared twice', () => {
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
});

describe.each(routes)('$method $path', ({ method, path, params, query, body, role, tag, summary }) => {
  test('declares exactly the parameters its path names', () => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {})).toEqual(named);
  });

  test('describes itself', () => {
    expect(tag).not.toBe('');
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
  });

  test('refuses fields it does not know, and names them', () => {
    for (const input of [query, body]) {
      const issues = input?.safeParse({ surprise: 1 }).error?.issues ?? [];
      const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
      expect(unknown).toEqual(input ? ['surprise'] : []);
    }
  });

  test('reads with GET and without a body; whoever changes something has an identity', () => {
    if (method === 'GET') expect(body).toBeUndefined();
    else expect(role).not.toBeNull();
  });
});

test('query text becomes numbers', () => {
  expect(GetRecommendations.query?.parse({ limit: '20', min_confidence: '80', sort: 'risk_score' })).toEqual({
    limit: 20,
    min_confidence: 80,
    sort: 'risk_score',
  });
});

test.each([
  ['a word', { limit: 'many' }],
  ['a negative number', { offset: '-1' }],
  ['a fraction', { limit: '1.5' }],
  ['more than 100 percent', { min_confidence: '101' }],
  ['an order that does not exist', { sort: 'luck' }],
])('a query with %s is refused', (_, query) => {
  expect(GetRecommendations.query?.safeParse(query).success).toBe(false);
});

test('a task is addressed by node and UPID', () => {
  const taskid = 'UPID:pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam:';
  expect(GetTask.params?.parse({ node: 'pve1', taskid })).toEqual({ node: 'pve1', taskid });
  expect(GetTask.params?.safeParse({ node: '../pve1', taskid }).success).toBe(false);
});

test('a move needs guest, source and target', () => {
  const missing = PostMigrate.body?.safeParse({}).error?.issues.map(({ path }) => path.join('.'));
  expect(missing).toEqual(['vmid', 'source_node', 'target_node']);
});

test('a refusal that only a missing snapshot explains is declared', () => {
  expect(Analyze.errors).toContain('no-snapshot');
});
