import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const token = { proxmox_api_token_id: 'lb@pve!main', proxmox_api_token_secret: 'hunter2' };
const move = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };

describe('bodies that are no objects', () => {
  const bodies = [
    'null',
    '[]',
    '"text"',
    '5',
    'true',
    '{',
    '{"a":}',
    'nonsense',
    '\u0000',
    '{"a":1}x',
    '['.repeat(9999),
  ];
  const paths = [
    ...['recommendations', 'node-scores', 'migrate', 'config', 'notifications/test'],
    ...['guests/100/tags', 'storage/verify', 'validate-token', 'settings/collection'],
    ...['penalty-config', 'penalty-config/simulate', 'settings/recommendation-thresholds', 'plan'],
  ];
  test.each(paths.flatMap((path) => bodies.map((body) => [path, body] as const)))(
    'POST /api/%s refuses %s',
    async (path, body) => {
      const { status, code } = await refusal(await gateway.post(`/api/${path}`, body));
      expect([status, code]).toEqual([400, 'invalid-input']);
    },
  );

  test('what was wrong with the JSON is said without quoting it', async () => {
    const { error } = await refusal(await gateway.post('/api/config', '{"proxmox_api_token_secret": hunter2}'));
    expect(error).toMatch(/^the body is not valid JSON/);
    expect(error).not.toContain('hunter2');
  });
});

describe('bodies with something wrong in them', () => {
  test.each<[string, string, unknown, string]>([
    ['recommendations', 'a threshold that is text', { cpu_threshold: '60' }, 'cpu_threshold'],
    ['recommendations', 'a threshold of 0', { cpu_threshold: 0 }, 'cpu_threshold'],
    ['recommendations', 'a threshold of 101', { mem_threshold: 101 }, 'mem_threshold'],
    ['recommendations', 'null as a threshold', { iowait_threshold: null }, 'iowait_threshold'],
    ['recommendations', 'nodes that are no list', { maintenance_nodes: 'pve1' }, 'maintenance_nodes'],
    ['recommendations', 'a node name with a slash', { maintenance_nodes: ['../x'] }, 'maintenance_nodes.0'],
    ['recommendations', 'an unknown field', { threshold: 5 }, 'threshold'],
    ['recommendations', 'a field that every object has', { constructor: 5 }, 'constructor'],
    ['node-scores', 'a vmid that is text', { vmid: '100' }, 'vmid'],
    ['node-scores', 'a vmid with a fraction', { vmid: 100.5 }, 'vmid'],
    ['node-scores', 'a vmid below 100', { vmid: 99 }, 'vmid'],
    ['node-scores', 'a vmid beyond all numbers', { vmid: 1e300 }, 'vmid'],
    ['migrate', 'no guest', { source_node: 'pve1', target_node: 'pve2' }, 'vmid'],
    ['migrate', 'no target', { vmid: 100, source_node: 'pve1' }, 'target_node'],
    ['migrate', 'a guest type nobody knows', { ...move, guest_type: 'LXC' }, 'guest_type'],
    ['migrate', 'an empty node name', { ...move, target_node: '' }, 'target_node'],
    ['migrate', 'a node name with control characters', { ...move, target_node: 'pve\u00002' }, 'target_node'],
    ['migrate', 'a node name that is no ASCII', { ...move, target_node: 'pvé2' }, 'target_node'],
    ['migrate', 'an unknown field', { ...move, force: true }, 'force'],
    ['config', 'an unknown field', { proxmox_hots: 'pve1' }, 'proxmox_hots'],
    ['config', 'an unknown field inside', { migration_limits: { clutser: 1 } }, 'migration_limits.clutser'],
    ['config', 'a port that is text', { proxmox_port: '8006' }, 'proxmox_port'],
    [
      'config',
      'automation that would act',
      { automated_migrations: { dry_run: false } },
      'automated_migrations.dry_run',
    ],
    ['config', 'a placeholder', { proxmox_host: 'CHANGE_ME' }, 'proxmox_host'],
    [
      'config',
      'weights that do not add up to 1',
      { penalty_scoring: { weight_7d: 0.9 } },
      'penalty_scoring.weight_current',
    ],
    [
      'config',
      'the same as an expert’s overrides',
      { migration_settings: { expert_overrides: { weight_7d: 0.9 } } },
      'migration_settings.expert_overrides.weight_current',
    ],
    ['config', 'a sensitivity of 4', { migration_settings: { sensitivity: 4 } }, 'migration_settings.sensitivity'],
    ['guests/100/tags', 'no tag', {}, 'tag'],
    ['guests/100/tags', 'a tag that is no text', { tag: 5 }, 'tag'],
    ['guests/100/tags', 'an empty tag', { tag: ' ' }, 'tag'],
    ['guests/100/tags', 'two tags in one', { tag: 'a;b' }, 'tag'],
    ['guests/100/tags', 'an unknown field', { tag: 'a', tags: [] }, 'tags'],
    ['storage/verify', 'nothing', {}, ''],
    ['storage/verify', 'a guest without a target', { vmid: 100 }, 'target_node'],
    [
      'storage/verify',
      'both questions at once',
      { vmid: 100, target_node: 'pve2', source_node: 'pve1', target_nodes: ['pve2'] },
      'source_node',
    ],
    ['storage/verify', 'no targets', { source_node: 'pve1', target_nodes: [] }, 'target_nodes'],
    ['storage/verify', 'a target that is no name', { source_node: 'pve1', target_nodes: ['/'] }, 'target_nodes.0'],
    ['storage/verify', 'a vmid that is text', { vmid: '100', target_node: 'pve2' }, 'vmid'],
    [
      'storage/verify',
      'guests that are none',
      { source_node: 'pve1', target_nodes: ['pve2'], guests: [1] },
      'guests.0',
    ],
    ['storage/verify', 'an unknown field', { vmid: 100, target_node: 'pve2', force: 1 }, 'force'],
    ['validate-token', 'no secret', { proxmox_api_token_id: 'a@b!c' }, 'proxmox_api_token_secret'],
    ['validate-token', 'an empty secret', { ...token, proxmox_api_token_secret: '' }, 'proxmox_api_token_secret'],
    ['validate-token', 'a user without a token', { ...token, proxmox_api_token_id: 'lb@pve' }, 'proxmox_api_token_id'],
    ['validate-token', 'two tokens', { ...token, proxmox_api_token_id: 'lb@pve!a!b' }, 'proxmox_api_token_id'],
    ['validate-token', 'another host', { ...token, proxmox_host: 'evil.example' }, 'proxmox_host'],
    ['settings/collection', 'an interval of 0', { collection_interval_minutes: 0 }, 'collection_interval_minutes'],
    ['settings/collection', 'an interval of 241', { collection_interval_minutes: 241 }, 'collection_interval_minutes'],
    ['settings/collection', 'a part of a minute', { collection_interval_minutes: 1.5 }, 'collection_interval_minutes'],
    ['settings/collection', '11 workers', { max_parallel_workers: 11 }, 'max_parallel_workers'],
    [
      'settings/collection',
      '0 workers',
      { collection_optimization: { max_parallel_workers: 0 } },
      'collection_optimization.max_parallel_workers',
    ],
    [
      'settings/collection',
      'a size nobody knows',
      { collection_optimization: { cluster_size: 'huge' } },
      'collection_optimization.cluster_size',
    ],
    [
      'settings/collection',
      'an unknown field inside',
      { collection_optimization: { workers: 3 } },
      'collection_optimization.workers',
    ],
    [
      'settings/collection',
      'two numbers of workers',
      { max_parallel_workers: 3, collection_optimization: { max_parallel_workers: 4 } },
      'max_parallel_workers',
    ],
    ['penalty-config', 'nothing', {}, 'config'],
    ['penalty-config', 'penalties that are no map', { config: [] }, 'config'],
    ['penalty-config', 'null as penalties', { config: null }, 'config'],
    ['penalty-config', 'penalties outside of config', { cpu_high_penalty: 20 }, 'cpu_high_penalty'],
    ['penalty-config', 'an unknown penalty', { config: { cpu_hgih_penalty: 20 } }, 'config.cpu_hgih_penalty'],
    ['penalty-config', 'a field that every object has', { config: { constructor: 1 } }, 'config.constructor'],
    ['penalty-config', 'negative points', { config: { mem_sustained_high: -0.1 } }, 'config.mem_sustained_high'],
    ['penalty-config', 'a negative spike', { config: { cpu_spike_high: -5 } }, 'config.cpu_spike_high'],
    ['penalty-config', 'points as text', { config: { cpu_high_penalty: '20' } }, 'config.cpu_high_penalty'],
    ['penalty-config', 'points as a switch', { config: { cpu_high_penalty: true } }, 'config.cpu_high_penalty'],
    ['penalty-config', 'null as points', { config: { cpu_high_penalty: null } }, 'config.cpu_high_penalty'],
    ['penalty-config', 'points without measure', { config: { cpu_high_penalty: 1e300 } }, 'config.cpu_high_penalty'],
    ['penalty-config', 'an absurd gain', { config: { min_score_improvement: 1e6 } }, 'config.min_score_improvement'],
    ['penalty-config', 'a negative weight', { config: { weight_24h: -0.3 } }, 'config.weight_24h'],
    ['penalty-config', 'a weight above 1', { config: { weight_7d: 1.1 } }, 'config.weight_7d'],
    ['penalty-config', 'weights that add up to 1.2', { config: { weight_current: 0.7 } }, 'config.weight_current'],
    [
      'penalty-config',
      'a convergence of 21',
      { config: { cluster_convergence_threshold: 21 } },
      'config.cluster_convergence_threshold',
    ],
    [
      'penalty-config',
      'a sigma of 6',
      { config: { seasonal_baseline: { sigma_threshold: 6 } } },
      'config.seasonal_baseline.sigma_threshold',
    ],
    [
      'penalty-config',
      'an unknown field inside',
      { config: { seasonal_baseline: { sigma: 2 } } },
      'config.seasonal_baseline.sigma',
    ],
    ['penalty-config/simulate', 'no penalties', { cpu_threshold: 60 }, 'config'],
    ['penalty-config/simulate', 'an unknown penalty', { config: { nope: 1 } }, 'config.nope'],
    ['penalty-config/simulate', 'negative points', { config: { cpu_high_penalty: -1 } }, 'config.cpu_high_penalty'],
    ['penalty-config/simulate', 'a threshold of 0', { config: {}, cpu_threshold: 0 }, 'cpu_threshold'],
    ['penalty-config/simulate', 'an unknown field', { config: {}, save: true }, 'save'],
    ['settings/recommendation-thresholds', 'a threshold of 0', { cpu_threshold: 0 }, 'cpu_threshold'],
    ['settings/recommendation-thresholds', 'a threshold of 101', { mem_threshold: 101 }, 'mem_threshold'],
    ['settings/recommendation-thresholds', 'a threshold as text', { iowait_threshold: '30' }, 'iowait_threshold'],
    ['settings/recommendation-thresholds', 'an unknown field', { disk_threshold: 5 }, 'disk_threshold'],
    ['notifications/test', 'no provider', {}, 'provider'],
    ['notifications/test', 'a provider nobody knows', { provider: 'pigeon' }, 'provider'],
  ])('POST /api/%s names %s', async (path, _, body, where) => {
    const { status, details = [] } = await refusal(await gateway.post(`/api/${path}`, body));
    expect(status).toBe(400);
    expect(details.map((detail) => detail.path)).toContain(where);
  });

  test.each([
    '{"__proto__": {"polluted": true}}',
    '{"proxmox_port": 1e999}',
    '{"proxmox_port": -0.5}',
    '{"proxmox_port": 9007199254740993}',
    '{"automated_migrations": {"__proto__": {"enabled": true}}}',
  ])('POST /api/config refuses %s', async (body) => {
    expect((await refusal(await gateway.post('/api/config', body))).status).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a body of nothing but mistakes is not answered with all of them', async () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}${'x'.repeat(9)}`, 1]));
    const { details, error } = await refusal(await gateway.post('/api/config', body));
    expect(details?.length).toBe(50);
    expect(error.length).toBeLessThan(5000);
    const long = await refusal(await gateway.post('/api/config', { ['x'.repeat(100_000)]: 1 }));
    expect(long.error.length).toBeLessThan(500);
  });

  test('a missing body is an empty one', async () => {
    expect((await refusal(await gateway.post('/api/recommendations'))).code).toBe('service-unavailable');
    expect((await refusal(await gateway.post('/api/recommendations', ''))).code).toBe('service-unavailable');
  });
});

test('what was wrong with a token never quotes its secret', async () => {
  const bodies = [{ ...token, proxmox_api_token_id: 'no' }, { ...token, more: 1 }, token];
  for (const body of bodies) {
    const refused = await refusal(await gateway.post('/api/validate-token', body));
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  }
});

test('a body that is too large is 413', async () => {
  const body = JSON.stringify({ proxmox_ca: 'x'.repeat(600_000) });
  const { status, error } = await refusal(await gateway.post('/api/config', body));
  expect([status, error]).toEqual([413, 'the body is too large: 512 KiB at most']);
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/xml',
  'nonsense',
  'multipart/form-data',
  '/',
])('a body of type %s is 415', async (type) => {
  const { status, error } = await refusal(await gateway.post('/api/recommendations', '{}', { 'content-type': type }));
  expect([status, error]).toEqual([415, expect.stringContaining('application/json')]);
});

test.each([
  ['a missing body is an empty one, whatever type is named', '/api/recommendations', ''],
  ['where no body is read, any is ignored', '/api/refresh', 'a=1'],
])('%s', async (_, path, body) => {
  const answer = await gateway.post(path, body, { 'content-type': 'application/x-www-form-urlencoded' });
  // It got as far as the service, of which there is none here.
  expect((await refusal(answer)).code).toBe('service-unavailable');
});
