import {
  ApplyPenaltyPreset,
  defaultPenalties,
  GetPenaltyConfig,
  GetPenaltyPresets,
  PenaltyPresetName,
  PostPenaltyConfig,
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

const path = '/api/penalty-config';
const read = async (from = gateway) => {
  const answer = await (await from.get(path)).json();
  const parsed = GetPenaltyConfig.reply.parse(answer);
  expect(answer).toEqual(parsed);
  return parsed;
};
const posted = async (where: string, body?: unknown, by = gateway) => {
  const answer = await by.post(`${path}${where}`, body);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return PostPenaltyConfig.reply.parse(await answer.json());
};
const save = (config: object, by = gateway) => posted('', { config }, by);

test('at first: the defaults, which are the balanced preset', async () => {
  const { config, defaults, presets, active_preset } = await read();
  expect([config, defaults, active_preset]).toEqual([defaultPenalties(), defaultPenalties(), 'balanced']);
  expect(Object.keys(presets)).toEqual(PenaltyPresetName.options);
  expect(Object.keys(presets.balanced)).toEqual(['label', 'description']);
});

test('a part is laid over what is saved, and told', async () => {
  await using reader = await openEvents(gateway.url, { types: 'settings.changed' });
  await save({ cpu_high_penalty: 25, seasonal_baseline: { enabled: true } });
  const { config, active_preset } = await save({ seasonal_baseline: { sigma_threshold: 3 } });
  const seasonal_baseline = { enabled: true, sigma_threshold: 3 };
  expect(config).toEqual({ ...defaultPenalties(), cpu_high_penalty: 25, seasonal_baseline });
  expect(active_preset).toBe('custom');
  expect(await read()).toMatchObject({ config, active_preset });
  await eventually(() => expect(reader.of(SettingsChanged)).toHaveLength(2));
  expect(reader.of(SettingsChanged)[0]?.data).toMatchObject({ keys: ['penalty_scoring'], changed_by: 'local' });
});

test('what was read can be posted back: its penalties, and the whole answer', async () => {
  await save({ mem_high_penalty: 9, seasonal_baseline: { enabled: true } });
  const whole = await read();
  expect((await save(whole.config)).config).toEqual(whole.config);
  expect((await posted('', whole)).config).toEqual(whole.config);
  expect(await read()).toEqual(whole);
});

test('weights change together, or not at all', async () => {
  expect((await save({ weight_current: 0.6, weight_24h: 0.2 })).config).toMatchObject({ weight_7d: 0.2 });
  const { status, details } = await refusal(await gateway.post(path, { config: { weight_current: 0.9 } }));
  expect([status, details?.[0]?.path]).toEqual([400, 'config.weight_current']);
  expect((await read()).config.weight_current).toBe(0.6);
});

test('changes at the same time don’t lose one, not even through two replicas', async () => {
  await using other = await startGateway(gateway.env);
  const parts = [{ cpu_high_penalty: 1 }, { mem_high_penalty: 2 }, { cpu_spike_high: 3 }, { mem_spike_high: 4 }];
  await Promise.all(parts.map((part, index) => save(part, index % 2 ? other : gateway)));
  await eventually(async () => expect((await read()).config).toMatchObject(Object.assign({}, ...parts)));
});

test('a reset and a restart', async () => {
  await save({ cpu_high_penalty: 25 });
  await gateway.close();
  gateway = await startGateway(gateway.env);
  expect((await read()).config.cpu_high_penalty).toBe(25);
  expect(await posted('/reset')).toMatchObject({ config: defaultPenalties(), active_preset: 'balanced' });
  expect((await read()).config).toEqual(defaultPenalties());
});

describe('presets', () => {
  test('each is listed with its values, applied whole, and recognized', async () => {
    const listed = GetPenaltyPresets.reply.parse(await (await gateway.get(`${path}/presets`)).json());
    expect(listed.active_preset).toBe('balanced');
    for (const name of PenaltyPresetName.options) {
      await save({ cpu_high_penalty: 777, seasonal_baseline: { enabled: true } });
      const answer = await gateway.post(`${path}/presets/${name}`);
      const applied = ApplyPenaltyPreset.reply.parse(await answer.json());
      expect(applied).toMatchObject({ config: listed.presets[name].config, active_preset: name });
      expect(await read()).toMatchObject({ config: applied.config, active_preset: name });
    }
  });

  test.each(['constructor', '__proto__', 'custom', 'Balanced', '%20', 'x'.repeat(99)])(
    'none is called %s',
    async (name) => {
      const { status, code, details } = await refusal(await gateway.post(`${path}/presets/${name}`));
      expect([status, code, details?.[0]?.path]).toEqual([400, 'invalid-input', 'name']);
    },
  );
});
