import { Settings } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { connectionFromSettings } from './from-settings.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const base = { proxmox_host: 'pve1, 10.0.0.2:8443', proxmox_api_token_id: 'a@pve!main', proxmox_api_token_secret: 's' };
const settings = (more: Record<string, unknown>) => Settings.parse({ ...base, ...more });

test('hosts take the configured port unless they have one', () => {
  expect(connectionFromSettings(settings({ proxmox_port: 443 }))).toEqual({
    hosts: [
      { host: 'pve1', port: 443 },
      { host: '10.0.0.2', port: 8443 },
    ],
    tokenId: 'a@pve!main',
    tokenSecret: 's',
    tls: { mode: 'verify' },
  });
});

test.each([
  [
    'pins beat everything',
    { proxmox_fingerprints: [FINGERPRINT], proxmox_verify_ssl: false },
    { mode: 'pin', fingerprints: [FINGERPRINT] },
  ],
  ['an authority of its own', { proxmox_ca: 'PEM' }, { mode: 'verify', ca: 'PEM' }],
  ['off, if somebody says so', { proxmox_verify_ssl: false, proxmox_ca: 'PEM' }, { mode: 'insecure' }],
])('%s', (_, more, tls) => {
  expect(connectionFromSettings(settings(more))?.tls).toEqual(tls);
});

test.each(['proxmox_host', 'proxmox_api_token_id', 'proxmox_api_token_secret'])(
  'without %s there is no connection',
  (key) => {
    expect(connectionFromSettings(settings({ [key]: '' }))).toBeNull();
  },
);

test.each([
  ['an IPv6 address with its port', '[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443 }],
  ['one in brackets', '[2001:db8::1]', { host: '2001:db8::1', port: 8006 }],
  ['a bare one', '2001:db8::1', { host: '2001:db8::1', port: 8006 }],
  ['a name in capitals', 'PVE1.example.org', { host: 'pve1.example.org', port: 8006 }],
])('%s is a host', (_, proxmox_host, host) => {
  expect(connectionFromSettings(settings({ proxmox_host }))?.hosts).toEqual([host]);
});

test('the same host twice is one', () => {
  expect(connectionFromSettings(settings({ proxmox_host: 'pve1, PVE1:8006' }))?.hosts).toHaveLength(1);
});

test.each(['pve1:0', 'pve1:70000', '[pve1]', '-pve1-'])('%s is none', (proxmox_host) => {
  expect(() => connectionFromSettings(settings({ proxmox_host }))).toThrow(TypeError);
});
