import { type Settings, SettingsChanged } from '@proxbalance/contracts';
import { settingsDocument } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

type Patch = Record<string, unknown>;
type Answer = { success: boolean; config: Settings; from_environment: string[] };

const read = async (from = gateway): Promise<Answer> => (await from.get('/api/config')).json() as Promise<Answer>;
const change = async (patch: Patch, by = gateway): Promise<Answer> => {
  const answer = await by.post('/api/config', patch);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json() as Promise<Answer>;
};
const webhook = (parts: Patch): Patch => ({
  automated_migrations: { notifications: { providers: { webhook: parts } } },
});
const webhookOf = ({ automated_migrations }: Settings) => automated_migrations.notifications.providers.webhook;

const secrets = {
  token: 'b11b9c1e-0000-4000-8000-hunter2token',
  url: 'https://hooks.example/T0/hunter2url',
  header: 'Bearer hunter2head',
};
const connection = {
  proxmox_host: 'pve1.example',
  proxmox_api_token_id: 'lb@pve!main',
  proxmox_api_token_secret: secrets.token,
};

test('a change is in the answer, in the next read and in the other replicas; the rest stays', async () => {
  await using other = await startGateway(gateway.env);
  await change({ recommendation_thresholds: { cpu_threshold: 55 } });
  const { config } = await change({ recommendation_thresholds: { mem_threshold: 66 }, maintenance_nodes: ['pve2'] });
  expect(config.recommendation_thresholds).toEqual({ cpu_threshold: 55, mem_threshold: 66, iowait_threshold: 30 });
  expect((await read()).config).toEqual(config);
  await eventually(async () => expect((await read(other)).config).toEqual(config));
  expect((await change({ maintenance_nodes: [] })).config.maintenance_nodes).toEqual([]);
});

test('a restart keeps the settings', async () => {
  await change({ ...connection, live_interval_seconds: 77 });
  await gateway.close();
  await using again = await startGateway(gateway.env);
  expect((await read(again)).config).toMatchObject({ live_interval_seconds: 77, proxmox_api_token_secret: '***' });
  expect(again.kit.settings.current().proxmox_api_token_secret).toBe(secrets.token);
});

test('changes at the same time don’t lose one, not even through two replicas', async () => {
  await using other = await startGateway(gateway.env);
  const patches = [
    { proxmox_port: 8007 },
    { live_interval_seconds: 33 },
    { maintenance_nodes: ['pve3'] },
    { proxmox_ca: '' },
  ];
  await Promise.all(patches.map((patch, index) => change(patch, index % 2 ? other : gateway)));
  await eventually(async () =>
    expect((await read()).config).toMatchObject({
      proxmox_port: 8007,
      live_interval_seconds: 33,
      maintenance_nodes: ['pve3'],
    }),
  );
});

test('a change is told once, with its keys and never its values', async () => {
  await using reader = await openEvents(gateway.url, { types: 'settings.changed' });
  await change({ ...connection });
  await change({ proxmox_port: 8007 });
  await eventually(() => expect(reader.of(SettingsChanged)).toHaveLength(2));
  const [first, second] = reader.of(SettingsChanged);
  expect(first?.data).toEqual({ keys: Object.keys(connection), revision: 1, changed_by: 'local' });
  expect([first?.id, second?.id]).toEqual(['settings.1', 'settings.2']);
});

describe('secrets', () => {
  test('they are in no answer, event or log line, and sealed where they lie', async () => {
    await using child = await startProcess('gateway', { ...gateway.env, LOG_LEVEL: 'trace' });
    await using reader = await openEvents(child.url());
    const post = (body: unknown) =>
      fetch(`${child.url()}/api/config`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answers = [
      await post({
        ...connection,
        ...webhook({ enabled: true, url: secrets.url, headers: { authorization: secrets.header } }),
      }),
      await post({ proxmox_api_token_secret: { not: secrets.token } }),
      await post(webhook({ url: `nonsense ${secrets.url}`, headers: { 'bad name': secrets.header } })),
      await post(webhook({ url: 'https://other.example' })),
      await fetch(`${child.url()}/api/config`),
      await fetch(`${child.url()}/api/health`),
      await fetch(`${child.url()}/metrics`),
      await fetch(`${child.url()}/api/events?types=${encodeURIComponent(secrets.url)}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400, 200, 200, 200, 400]);
    await eventually(() => expect(reader.seen).toHaveLength(1));
    await eventually(() => expect(child.output()).toContain('"path":"/metrics"'));
    const stored = await gateway.kit.bus.document(settingsDocument).read();
    const texts = [child.output(), JSON.stringify(reader.seen), JSON.stringify(stored)];
    for (const answer of answers.slice(0, -1)) texts.push(await answer.text());
    for (const text of texts) expect(text).not.toContain('hunter2');
    expect(JSON.stringify(stored)).toContain('enc:v1:');
  });

  test('*** keeps them, through a whole round', async () => {
    await change({
      ...connection,
      ...webhook({ url: secrets.url, headers: { authorization: secrets.header, 'x-b': 'b' } }),
    });
    const { config } = await read();
    expect(webhookOf(config)).toMatchObject({ url: '***', headers: { authorization: '***', 'x-b': '***' } });
    await change(config);
    expect(webhookOf(gateway.kit.settings.current())).toMatchObject({
      url: secrets.url,
      headers: { authorization: secrets.header, 'x-b': 'b' },
    });
    await change(webhook({ headers: { authorization: '***', 'x-c': 'c', 'x-unknown': '***' } }));
    const current = gateway.kit.settings.current();
    expect(webhookOf(current).headers).toEqual({ authorization: secrets.header, 'x-c': 'c' });
    expect(current.proxmox_api_token_secret).toBe(secrets.token);
    await change({ proxmox_api_token_secret: '' });
    expect((await read()).config.proxmox_api_token_secret).toBe('');
  });

  test('an address they were not stored for needs them given again', async () => {
    await change({ ...connection, proxmox_host: 'pve1,pve2' });
    for (const proxmox_host of ['evil.example', 'pve1,evil.example', 'pve1:9006']) {
      for (const more of [{}, { proxmox_api_token_secret: '***' }]) {
        const { status, details } = await refusal(await gateway.post('/api/config', { proxmox_host, ...more }));
        expect([status, details?.[0]?.path]).toEqual([400, 'proxmox_api_token_secret']);
      }
    }
    for (const proxmox_host of ['pve2', 'PVE2', '']) await change({ proxmox_host });
    expect((await refusal(await gateway.post('/api/config', { proxmox_host: 'evil.example' }))).status).toBe(400);
    await change({ proxmox_host: 'new.example', proxmox_api_token_secret: 'another' });
  });

  test('neither do a webhook’s headers follow it to another address', async () => {
    await change(webhook({ url: secrets.url, headers: { authorization: secrets.header } }));
    const refused = await refusal(await gateway.post('/api/config', webhook({ url: 'https://evil.example/' })));
    expect(refused.details?.[0]?.path).toBe('automated_migrations.notifications.providers.webhook.headers');
    const kept = webhook({ url: 'https://evil.example/', headers: { authorization: '***' } });
    expect((await refusal(await gateway.post('/api/config', kept))).status).toBe(400);
    await change(webhook({ url: 'https://hooks.example/another/path' }));
    await change(webhook({ url: 'https://evil.example/', headers: {} }));
  });

  test('settings of another key are not written over', async () => {
    await change({ ...connection });
    await using stranger = await startGateway({
      ...gateway.env,
      PROXBALANCE_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    });
    const { status, error } = await refusal(await stranger.post('/api/config', { proxmox_port: 1 }));
    expect([status, error]).toEqual([409, expect.stringContaining('secret key')]);
    expect(gateway.kit.settings.current().proxmox_port).toBe(8006);
  });
});

test('what the environment decides can’t be changed, and is shown as it is', async () => {
  await using fixed = await startGateway({
    ...gateway.env,
    PROXMOX_HOSTS: 'pve9:8006',
    PROXMOX_TOKEN_SECRET: secrets.token,
  });
  const { config, from_environment } = await read(fixed);
  expect(config).toMatchObject({ proxmox_host: 'pve9:8006', proxmox_api_token_secret: '***' });
  expect(from_environment).toEqual(['proxmox_host', 'proxmox_api_token_secret']);
  const { status, code, details } = await refusal(
    await fixed.post('/api/config', { proxmox_host: 'x', proxmox_port: 1 }),
  );
  expect([status, code]).toEqual([409, 'settings-from-environment']);
  expect(details?.map(({ path }) => path)).toEqual(['proxmox_host']);
  expect(fixed.kit.settings.current().proxmox_port).toBe(8006);
  const postedBack = await fixed.post('/api/config', { ...config, ui_refresh_interval_minutes: 30 });
  expect(postedBack.status).toBe(200);
  expect((await read(fixed)).config).toEqual({ ...config, ui_refresh_interval_minutes: 30 });
});
