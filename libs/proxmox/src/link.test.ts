import { Settings } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { connectWithToken, followConnection } from './link.ts';

const complete = { proxmox_host: 'pve1', proxmox_api_token_id: 'a@pve!main', proxmox_api_token_secret: 's' };

function view(first: object) {
  let current = Settings.parse(first);
  const listeners: ((settings: Settings) => void)[] = [];
  return {
    current: () => current,
    onChange: (listener: (settings: Settings) => void) => void listeners.push(listener),
    change(next: object) {
      current = Settings.parse(next);
      for (const listener of listeners) listener(current);
    },
  };
}

const open = (settings: ReturnType<typeof view>) => followConnection(settings, () => undefined);

test('a changed connection brings another client, any other change keeps it', () => {
  const settings = view(complete);
  const link = open(settings);
  const first = link.get();
  settings.change({ ...complete, live_interval_seconds: 60 });
  expect(link.get()).toBe(first);
  settings.change({ ...complete, proxmox_host: 'pve2' });
  expect(link.get()).not.toBe(first);
  expect(link.get().hosts()).toMatchObject([{ host: 'pve2:8006' }]);
});

test.each([
  ['a port', { proxmox_port: 443 }],
  ['the token', { proxmox_api_token_secret: 't' }],
  ['the way to trust it', { proxmox_verify_ssl: false }],
])('%s is part of the connection', (_, change) => {
  const settings = view(complete);
  const link = open(settings);
  const first = link.get();
  settings.change({ ...complete, ...change });
  expect(link.get()).not.toBe(first);
});

test('without a connection it says what is missing, until there is one', () => {
  const settings = view({});
  const link = open(settings);
  expect(link.isConfigured()).toBe(false);
  expect(() => link.get()).toThrow('no Proxmox connection is configured');
  settings.change(complete);
  expect(link.isConfigured()).toBe(true);
  settings.change({});
  expect(() => link.get()).toThrow('no Proxmox connection is configured');
});

test.each([
  ['a host that is none', { proxmox_host: 'not_a_host-' }, "'not_a_host-' is not a host"],
  ['a secret that fits in no header', { proxmox_api_token_secret: 'two\nlines' }, 'token secret'],
])('%s ends nothing: the next settings may be better', (_, wrong, reason) => {
  const settings = view({ ...complete, ...wrong });
  const link = open(settings);
  expect(link.isConfigured()).toBe(false);
  expect(() => link.get()).toThrow(reason);
  settings.change(complete);
  expect(link.isConfigured()).toBe(true);
  settings.change({ ...complete, ...wrong });
  expect(() => link.get()).toThrow(reason);
});

test('another token goes to the same hosts, configured or not', async () => {
  const tokenless = Settings.parse({ proxmox_host: 'pve1' });
  const client = connectWithToken(tokenless, { id: 'b@pve!other', secret: 't' }, () => undefined);
  expect(client.hosts()).toMatchObject([{ host: 'pve1:8006' }]);
  await client.close();
});

test.each([
  ['token-refused', complete, { id: 'nobody', secret: 's' }],
  ['token-refused', complete, { id: '', secret: '' }],
  ['proxmox-not-configured', {}, { id: 'b@pve!other', secret: 't' }],
  ['proxmox-not-configured', { ...complete, proxmox_host: 'no_host-' }, { id: 'b@pve!other', secret: 't' }],
])('%s: settings %j, token %j', (code, settings, token) => {
  expect(() => connectWithToken(Settings.parse(settings), token, () => undefined)).toThrow(
    expect.objectContaining({ code }),
  );
});
