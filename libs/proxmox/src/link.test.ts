import { Settings } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { followConnection } from './link.ts';

const configured = {
  proxmox_host: '127.0.0.1:1',
  proxmox_api_token_id: 'a@pve!main',
  proxmox_api_token_secret: 'super-secret',
};

const linkTo = (first: Record<string, unknown>) => {
  const listeners: ((settings: Settings) => void)[] = [];
  const view = {
    current: () => Settings.parse(first),
    onChange: (listener: (settings: Settings) => void) => listeners.push(listener),
  };
  const link = followConnection(view, () => {});
  return {
    link,
    change: (settings: Record<string, unknown>) => listeners.forEach((tell) => void tell(Settings.parse(settings))),
  };
};

test('without a connection it refuses, and takes one up when it comes', () => {
  const { link, change } = linkTo({});
  expect(link.isConfigured()).toBe(false);
  expect(() => link.get()).toThrow('no Proxmox connection is configured');
  change(configured);
  expect(link.get().hosts()).toMatchObject([{ host: '127.0.0.1:1', problem: null }]);
});

test('another connection replaces the client, another setting does not', () => {
  const { link, change } = linkTo(configured);
  const first = link.get();
  change({ ...configured, live_interval_seconds: 30 });
  expect(link.get()).toBe(first);
  change({ ...configured, proxmox_verify_ssl: false });
  expect(link.get()).not.toBe(first);
});

test('a connection that cannot be used is refused with its reason, without the secret, and mends itself', () => {
  const { link, change } = linkTo(configured);
  change({ ...configured, proxmox_host: 'pve1:99999' });
  expect(link.isConfigured()).toBe(false);
  expect(() => link.get()).toThrow("'pve1:99999' is not a host");
  change({ ...configured, proxmox_api_token_secret: 'super secret' });
  expect(() => link.get()).toThrow(/token secret must be one line/);
  expect(() => link.get()).not.toThrow(/super secret/);
  change(configured);
  expect(link.isConfigured()).toBe(true);
});
