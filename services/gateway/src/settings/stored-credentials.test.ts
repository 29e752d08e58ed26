import { RefusedError, Settings } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { refuseForeignAddresses } from './stored-credentials.ts';

const stored = (host: string, secret: string, webhook: object = {}) =>
  Settings.parse({
    proxmox_host: host,
    proxmox_api_token_secret: secret,
    automated_migrations: { notifications: { providers: { webhook } } },
  });
const isRefused = (before: Settings, patch: Record<string, unknown>, environment: Partial<Settings> = {}) => {
  try {
    refuseForeignAddresses(before, environment, patch);
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    return true;
  }
};

describe('hosts', () => {
  test.each<[string, string, string, Record<string, unknown>, boolean]>([
    ['the first host, before there is a secret', '', '', { proxmox_host: 'pve1' }, false],
    ['a host for a secret without one', '', 's', { proxmox_host: 'pve1' }, true],
    ['the same host', 'pve1', 's', { proxmox_host: 'PVE1' }, false],
    ['one of several', 'pve1, pve2', 's', { proxmox_host: 'pve2' }, false],
    ['one more', 'pve1', 's', { proxmox_host: 'pve1,evil' }, true],
    ['another port', 'pve1', 's', { proxmox_host: 'pve1:1234' }, true],
    ['none', 'pve1', 's', { proxmox_host: '' }, false],
    ['another with its secret', 'pve1', 's', { proxmox_host: 'pve9', proxmox_api_token_secret: 'new' }, false],
    ['another with the mask', 'pve1', 's', { proxmox_host: 'pve9', proxmox_api_token_secret: '***' }, true],
    ['another without a secret any more', 'pve1', 's', { proxmox_host: 'pve9', proxmox_api_token_secret: '' }, false],
    ['something else', 'pve1', 's', { proxmox_port: 1 }, false],
  ])('%s', (_, host, secret, patch, refused) => {
    expect(isRefused(stored(host, secret), patch)).toBe(refused);
  });

  test('a secret of the environment stays with the host that was saved for it', () => {
    const environment = { proxmox_api_token_secret: 's' };
    expect(isRefused(stored('', ''), { proxmox_host: 'pve1' }, environment)).toBe(false);
    expect(isRefused(stored('pve1', ''), { proxmox_host: 'evil' }, environment)).toBe(true);
  });
});

describe('webhooks', () => {
  const before = stored('', '', { url: 'https://a.example/x', headers: { authorization: 'h' } });
  const patch = (webhook: unknown) => ({ automated_migrations: { notifications: { providers: { webhook } } } });
  test.each<[string, unknown, boolean]>([
    ['another path', { url: 'https://a.example/y' }, false],
    ['another host', { url: 'https://b.example/x' }, true],
    ['another port', { url: 'https://a.example:8443/x' }, true],
    ['no encryption any more', { url: 'http://a.example/x' }, true],
    ['another host, headers kept', { url: 'https://b.example/x', headers: { authorization: '***' } }, true],
    ['another host, headers given', { url: 'https://b.example/x', headers: { authorization: 'new' } }, false],
    ['another host, no headers', { url: 'https://b.example/x', headers: {} }, false],
    ['the mask', { url: '***' }, false],
    ['headers alone', { headers: { authorization: '***' } }, false],
    ['nothing', undefined, false],
  ])('%s', (_, webhook, refused) => {
    expect(isRefused(before, patch(webhook))).toBe(refused);
  });

  test('without headers any address will do', () => {
    const plain = stored('', '', { url: 'https://a.example/x' });
    expect(isRefused(plain, patch({ url: 'https://b.example/x' }))).toBe(false);
  });
});
