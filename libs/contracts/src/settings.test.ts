import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deepPartial, isSecret } from './kit/deep-partial.ts';
import { defaultSettings, Settings, SettingsPatch } from './settings.ts';

describe('defaults', () => {
  test('an empty document is complete and refers to no cluster', () => {
    expect(defaultSettings()).toMatchObject({
      proxmox_host: '',
      proxmox_port: 8006,
      proxmox_verify_ssl: true,
      live_interval_seconds: 10,
      recommendation_thresholds: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
      penalty_scoring: { cpu_high_penalty: 20, seasonal_baseline: { enabled: false } },
      maintenance_nodes: [],
      migration_limits: { cluster: 4, per_source: 2, per_target: 1 },
      automated_migrations: { enabled: false, dry_run: true, notifications: { providers: { webhook: { url: '' } } } },
    });
  });

  test('two documents share nothing', () => {
    defaultSettings().maintenance_nodes.push('pve1');
    expect(defaultSettings().maintenance_nodes).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each([
    ['the placeholder host', { proxmox_host: 'CHANGE_ME' }],
    ['a host with a path', { proxmox_host: 'pve1/api2' }],
    ['credentials in a host', { proxmox_host: 'root@pve1' }],
    ['a token id without its name', { proxmox_api_token_id: 'root@pam' }],
    ['a fingerprint that is no SHA-256', { proxmox_fingerprints: ['AA:BB'] }],
    ['sampling faster than every 10 s', { live_interval_seconds: 9 }],
    ['automation that would act', { automated_migrations: { dry_run: false } }],
    [
      'a webhook to a file',
      { automated_migrations: { notifications: { providers: { webhook: { url: 'file:///x' } } } } },
    ],
    ['a key nobody knows', { proxmox_hots: 'pve1' }],
    ['a key nobody knows, deep inside', { migration_limits: { clutser: 1 } }],
  ])('%s', (_, patch) => {
    expect(Settings.safeParse(patch).success).toBe(false);
    expect(SettingsPatch.safeParse(patch).success).toBe(false);
  });

  test('several hosts with ports are fine', () => {
    expect(Settings.safeParse({ proxmox_host: 'pve1, pve2:8006,10.0.0.3' }).success).toBe(true);
  });
});

describe('secrets', () => {
  const secretPaths = (schema: z.ZodType, path: string): string[] => {
    if (isSecret(schema)) return [path];
    const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
    if (inner) return secretPaths(schema.unwrap() as z.ZodType, path);
    if (!(schema instanceof z.ZodObject)) return [];
    return Object.entries(schema.shape).flatMap(([key, value]) => secretPaths(value as z.ZodType, `${path}.${key}`));
  };
  const marked = [
    '.proxmox_api_token_secret',
    '.automated_migrations.notifications.providers.webhook.url',
    '.automated_migrations.notifications.providers.webhook.headers',
  ];

  test('these fields and no others are marked', () => {
    expect(secretPaths(Settings, '')).toEqual(marked);
  });

  test('a patch carries the same marks', () => {
    expect(secretPaths(deepPartial(Settings), '')).toEqual(marked);
  });

  test.each([Settings, SettingsPatch])('masked ones have the shape of settings and of patches', (schema) => {
    const webhook = { url: '***', headers: { authorization: '***' } };
    const masked = {
      proxmox_api_token_secret: '***',
      automated_migrations: { notifications: { providers: { webhook } } },
    };
    expect(schema.safeParse(masked).error).toBeUndefined();
  });

  test('a field whose name sounds secret is marked', () => {
    const sounding = Object.keys(Settings.shape).filter((key) => /secret|password|private/.test(key));
    expect(sounding.map((key) => `.${key}`).filter((path) => !marked.includes(path))).toEqual([]);
  });
});

describe('laws', () => {
  const optional = { requiredKeys: [] };
  const patches = fc.record(
    {
      proxmox_host: fc.constantFrom('', 'pve1', 'pve1:8006, pve2'),
      proxmox_api_token_secret: fc.string({ maxLength: 100 }),
      maintenance_nodes: fc.array(fc.constantFrom('pve1', 'pve2', 'pve3')),
      collection_interval_minutes: fc.integer({ min: 1, max: 240 }),
      recommendation_thresholds: fc.record({ cpu_threshold: fc.double({ min: 1, max: 100, noNaN: true }) }, optional),
      penalty_scoring: fc.record(
        { min_score_improvement: fc.integer({ min: 0, max: 1000 }), iowait_exempt_enabled: fc.boolean() },
        optional,
      ),
      migration_limits: fc.record(
        { cluster: fc.integer({ min: 1, max: 64 }), per_target: fc.integer({ min: 1, max: 16 }) },
        optional,
      ),
      automated_migrations: fc.record(
        { enabled: fc.boolean(), check_interval_minutes: fc.integer({ min: 1, max: 1440 }) },
        optional,
      ),
    },
    optional,
  );

  test('reading the defaults again changes nothing', () => {
    expect(Settings.parse(defaultSettings())).toEqual(defaultSettings());
  });

  test('a patch is taken as it is: nothing is filled in, nothing is lost', () => {
    fc.assert(
      fc.property(patches, (patch) => {
        expect(SettingsPatch.parse(patch)).toEqual(patch);
      }),
    );
  });

  test('a document made from a patch keeps every value of it', () => {
    fc.assert(
      fc.property(patches, (patch) => {
        expect(Settings.parse(patch)).toMatchObject(patch);
      }),
    );
  });

  test('a document is a fixed point of reading, and a patch that changes nothing', () => {
    fc.assert(
      fc.property(patches, (patch) => {
        const settings = Settings.parse(patch);
        expect(Settings.parse(settings)).toEqual(settings);
        expect(SettingsPatch.parse(settings)).toEqual(settings);
      }),
    );
  });
});

test.each(['a\r\nb', 'a\nX-Evil: 1', 'null\0'])('a header value of more than one line is refused: %j', (value) => {
  const webhook = { headers: { 'X-Team': value } };
  const patch = { automated_migrations: { notifications: { providers: { webhook } } } };
  expect(SettingsPatch.safeParse(patch).success).toBe(false);
  expect(Settings.safeParse(patch).success).toBe(false);
});
