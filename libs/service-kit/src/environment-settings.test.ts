import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from './env.ts';
import { SettingsEnv, settingsFromEnvironment } from './environment-settings.ts';

const pin = Array.from({ length: 32 }, () => 'AB').join(':');

describe('what the environment decides', () => {
  test('nothing set decides nothing', () => {
    expect(settingsFromEnvironment({})).toEqual({});
  });

  test.each([
    ['verify', { proxmox_verify_ssl: true, proxmox_fingerprints: [] }],
    ['insecure', { proxmox_verify_ssl: false, proxmox_fingerprints: [] }],
    [`pin:${pin}`, { proxmox_verify_ssl: true, proxmox_fingerprints: [pin] }],
  ])('PROXMOX_TLS=%s is told in settings', (mode, expected) => {
    expect(settingsFromEnvironment({ PROXMOX_TLS: mode })).toEqual(expected);
  });

  test('the authority is read from its file', () => {
    const path = join(tmpdir(), `authority-${process.pid}.pem`);
    writeFileSync(path, 'PEM');
    expect(settingsFromEnvironment({ PROXMOX_CA_FILE: path })).toEqual({ proxmox_ca: 'PEM' });
  });

  test('an authority that cannot be read stops the start and names the variable', () => {
    expect(() => settingsFromEnvironment({ PROXMOX_CA_FILE: '/nowhere/ca.pem' })).toThrow(ConfigError);
    expect(() => settingsFromEnvironment({ PROXMOX_CA_FILE: '/nowhere/ca.pem' })).toThrow(/PROXMOX_CA_FILE/);
  });

  test.each([
    ['PROXMOX_TLS', 'sometimes'],
    ['PROXMOX_TLS', 'pin:AB:CD'],
    ['PROXMOX_TOKEN_ID', 'root'],
    ['PROXMOX_HOSTS', 'a b'],
    ['PROXMOX_CA_FILE', '/nowhere/ca.pem'],
  ])('%s=%s is refused', (name, value) => {
    expect(SettingsEnv.safeParse({ [name]: value }).success).toBe(false);
  });
});
