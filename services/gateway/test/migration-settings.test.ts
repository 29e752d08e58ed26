import {
  defaultMigrationSettings,
  GetMigrationSettings,
  PutMigrationSettings,
  SettingsChanged,
} from '@proxbalance/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const path = '/api/migration-settings';
const read = async () => {
  const answer = await (await gateway.get(path)).json();
  expect(GetMigrationSettings.reply.parse(answer)).toEqual(answer);
  return GetMigrationSettings.reply.parse(answer);
};
const taken = async (answer: Response) => {
  expect(answer.status, await answer.clone().text()).toBe(200);
  return PutMigrationSettings.reply.parse(await answer.json());
};
const put = async (body: unknown) => taken(await gateway.put(path, body));
const penalties = async () => ((await (await gateway.get('/api/penalty-config')).json()) as { config: object }).config;

test('at first: the default settings, described, and the penalties in force', async () => {
  const { settings, defaults, descriptions, effective_penalty_config, has_expert_overrides } = await read();
  expect([settings, defaults]).toEqual([defaultMigrationSettings(), defaultMigrationSettings()]);
  expect(Object.keys(descriptions)).toEqual(Object.keys(settings));
  expect(effective_penalty_config).toEqual(await penalties());
  expect(has_expert_overrides).toBe(false);
});

test('a setting changes the penalties with it, in one step; the other settings stay', async () => {
  await using reader = await openEvents(gateway.url, { types: 'settings.changed' });
  await put({ trend_weight: 100 });
  const answer = await put({ sensitivity: 3 });
  expect(answer).toMatchObject({
    settings: { sensitivity: 3, trend_weight: 100 },
    effective_penalty_config: { cpu_high_penalty: 26, min_score_improvement: 8, weight_7d: 0.5 },
    is_in_force: true,
  });
  expect(await penalties()).toEqual(answer.effective_penalty_config);
  await eventually(() => expect(reader.of(SettingsChanged)).toHaveLength(2));
  expect(reader.of(SettingsChanged)[0]?.data.keys).toEqual(['migration_settings', 'penalty_scoring']);
});

test('what was read can be put back, and a reset', async () => {
  await put({ sensitivity: 1, min_score_improvement: 42, lookback_days: 14, protect_workloads: false });
  const { settings, ...rest } = await read();
  expect(await put({ settings, ...rest, success: true })).toMatchObject({ settings, is_in_force: true });
  expect((await put(settings)).settings).toEqual(settings);
  const reset = await taken(await gateway.post(`${path}/reset`));
  expect(reset).toMatchObject({ settings: defaultMigrationSettings(), is_in_force: true });
  expect((await read()).settings).toEqual(defaultMigrationSettings());
});

describe('an expert’s overrides', () => {
  test('replace the ones before, and go with null', async () => {
    await put({ expert_overrides: { cpu_high_penalty: 33 } });
    const answer = await put({ expert_overrides: { mem_high_penalty: 44 } });
    expect(answer).toMatchObject({
      settings: { expert_overrides: { mem_high_penalty: 44 } },
      effective_penalty_config: { cpu_high_penalty: 20, mem_high_penalty: 44 },
      has_expert_overrides: true,
    });
    expect(await put({ expert_overrides: null })).toMatchObject({ has_expert_overrides: false });
    expect((await read()).settings.expert_overrides).toBeNull();
  });

  test('penalties that were set by themselves are in force, and it is said', async () => {
    await put({ sensitivity: 3 });
    await gateway.post('/api/penalty-config', { config: { cpu_high_penalty: 1 } });
    expect(await read()).toMatchObject({
      settings: { sensitivity: 3 },
      effective_penalty_config: { cpu_high_penalty: 1 },
      is_in_force: false,
    });
  });
});

test('set among all settings, they change the penalties as well', async () => {
  const answer = await gateway.post('/api/config', { migration_settings: { sensitivity: 3 } });
  expect(answer.status).toBe(200);
  expect(await read()).toMatchObject({ effective_penalty_config: { cpu_high_penalty: 26 }, is_in_force: true });
});

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['a sensitivity of 0', { sensitivity: 0 }, 'sensitivity'],
    ['a sensitivity of 4', { sensitivity: 4 }, 'sensitivity'],
    ['a sensitivity between two', { sensitivity: 1.5 }, 'sensitivity'],
    ['a sensitivity as text', { sensitivity: '2' }, 'sensitivity'],
    ['a trend weight of 101', { trend_weight: 101 }, 'trend_weight'],
    ['a trend weight below 0', { trend_weight: -1 }, 'trend_weight'],
    ['another number of days', { lookback_days: 5 }, 'lookback_days'],
    ['a confidence of 49', { min_confidence: 49 }, 'min_confidence'],
    ['a confidence of 96', { min_confidence: 96 }, 'min_confidence'],
    ['a switch as text', { protect_workloads: 'yes' }, 'protect_workloads'],
    ['an improvement of 0', { min_score_improvement: 0 }, 'min_score_improvement'],
    ['an improvement of 101', { min_score_improvement: 101 }, 'min_score_improvement'],
    ['null where it means nothing', { trend_weight: null }, 'trend_weight'],
    ['an unknown setting', { senstivity: 2 }, 'senstivity'],
    ['one inside', { settings: { senstivity: 2 } }, 'settings.senstivity'],
    ['a wrong one inside', { settings: { sensitivity: 9 } }, 'settings.sensitivity'],
    ['a setting given twice', { sensitivity: 1, settings: { sensitivity: 2 } }, 'sensitivity'],
    ['overrides that are no map', { expert_overrides: 5 }, 'expert_overrides'],
    ['an unknown override', { expert_overrides: { cpu_hgih_penalty: 1 } }, 'expert_overrides.cpu_hgih_penalty'],
    ['a negative override', { expert_overrides: { cpu_spike_high: -1 } }, 'expert_overrides.cpu_spike_high'],
    ['weights that do not add up', { expert_overrides: { weight_7d: 0.9 } }, 'expert_overrides.weight_current'],
  ])('%s', async (_, body, where) => {
    const { status, details = [] } = await refusal(await gateway.put(path, body));
    expect(status).toBe(400);
    expect(details.map((detail) => detail.path)).toContain(where);
  });

  test.each(['null', '[]', '"text"', '5', '{', '{"a":1}x', '{"__proto__": {"polluted": 1}}'])(
    'a body of %s',
    async (body) => {
      expect((await refusal(await gateway.put(path, body))).status).toBe(400);
    },
  );
});

describe('thresholds', () => {
  const thresholds = '/api/settings/recommendation-thresholds';
  const now = async () => (await gateway.get(thresholds)).json();

  test('what is absent stays, and what was read can be posted back', async () => {
    expect(await now()).toEqual({ success: true, cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 });
    const answer = await (await gateway.post(thresholds, { cpu_threshold: 44 })).json();
    expect(answer).toMatchObject({ success: true, cpu_threshold: 44, mem_threshold: 70, iowait_threshold: 30 });
    const read = await now();
    expect((await gateway.post(thresholds, read)).status).toBe(200);
    expect(await now()).toEqual(read);
    expect(gateway.kit.settings.current().recommendation_thresholds.cpu_threshold).toBe(44);
  });
});
