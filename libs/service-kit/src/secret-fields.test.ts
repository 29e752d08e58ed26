import { defaultSettings, Settings, SettingsPatch } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mapSecrets, mask, maskSecrets, openSecrets, sealSecrets } from './secret-fields.ts';
import { secretBox } from './secrets.ts';

const box = secretBox(Buffer.alloc(32, 3).toString('base64'));
/** Text that can be told from everything else in a document. */
const secretText = fc.stringMatching(/^[a-zA-Z0-9]{1,30}$/).map((text) => `s3cr3t-${text}-end`);
const header = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/).filter((name) => name !== '__proto__');

type Secrets = { token: string; url: string; headers: Record<string, string> };
const secrets: fc.Arbitrary<Secrets> = fc.record({
  token: secretText,
  url: secretText.map((text) => `https://hooks.example/${text}`),
  headers: fc.dictionary(header, secretText, { maxKeys: 3, noNullPrototype: true }),
});

const patchOf = ({ token, url, headers }: Secrets) => ({
  proxmox_api_token_secret: token,
  automated_migrations: { notifications: { providers: { webhook: { url, headers } } } },
});

const allOf = ({ token, url, headers }: Secrets) => [token, url, ...Object.values(headers)];
const settingsWith = (some: Secrets) => Settings.parse({ ...patchOf(some), proxmox_host: 'pve.example' });

describe('law: of the settings and of a patch to them', () => {
  test.each([
    ['settings', Settings, settingsWith],
    ['patch', SettingsPatch, patchOf],
  ] as const)(
    '%s: no secret survives masking or sealing, and opening brings the document back',
    (_name, schema, make) => {
      fc.assert(
        fc.property(secrets, (some) => {
          const document = make(some);
          const masked = JSON.stringify(maskSecrets(schema, document));
          const sealed = sealSecrets(schema, document, box);
          for (const text of allOf(some)) {
            expect(masked).not.toContain(text);
            expect(JSON.stringify(sealed)).not.toContain(text);
          }
          expect(openSecrets(schema, sealed, box)).toEqual(document);
        }),
      );
    },
  );

  test('every field that the schema marks is found, whatever it is called', () => {
    const marks = JSON.stringify(z.toJSONSchema(Settings, { io: 'input' })).match(/"secret":true/g) ?? [];
    const found: unknown[] = [];
    const document = settingsWith({ token: 'a', url: 'https://b', headers: { c: 'd' } });
    mapSecrets(Settings, document, (secret) => {
      found.push(secret);
      return secret;
    });
    expect(found).toEqual(['a', 'https://b', { c: 'd' }]);
    expect(marks).toHaveLength(found.length);
  });
});

test('what is empty stays empty: there is nothing to hide, and one sees that there is nothing', () => {
  expect(maskSecrets(Settings, defaultSettings())).toEqual(defaultSettings());
});

test('a map of secrets keeps its keys', () => {
  const masked = maskSecrets(Settings, settingsWith({ token: 'x', url: 'https://y', headers: { 'X-Key': 'z' } }));
  expect(masked).toMatchObject({
    proxmox_api_token_secret: mask,
    automated_migrations: { notifications: { providers: { webhook: { url: mask, headers: { 'X-Key': mask } } } } },
  });
});

test.each([
  ['a list', z.array(z.object({ key: z.string().meta({ secret: true }) })), [{ key: 'hush' }, { key: 'hush' }]],
  ['a map', z.record(z.string(), z.object({ key: z.string().meta({ secret: true }) })), { a: { key: 'hush' } }],
  [
    'an optional part',
    z.object({
      part: z
        .object({ key: z.string().meta({ secret: true }).optional() })
        .nullable()
        .optional(),
    }),
    { part: { key: 'hush' } },
  ],
  [
    'a lazy part',
    z.object({ part: z.lazy(() => z.object({ key: z.string().default('').meta({ secret: true }) })) }),
    { part: { key: 'hush' } },
  ],
])('a secret inside %s is found', (_name, schema, value) => {
  expect(JSON.stringify(maskSecrets(schema, value))).not.toContain('hush');
});

test('keys that every object has are no part of a schema', () => {
  const value = JSON.parse('{"constructor":{"a":1},"toString":"x","proxmox_api_token_secret":"hush"}');
  expect(maskSecrets(Settings, value)).toEqual({
    constructor: { a: 1 },
    toString: 'x',
    proxmox_api_token_secret: mask,
  });
});

test('what was never sealed opens as it is', () => {
  const plain = settingsWith({ token: 'plain', url: 'https://plain', headers: {} });
  expect(openSecrets(Settings, plain, box)).toEqual(plain);
});
