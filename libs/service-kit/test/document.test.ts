import { defaultSettings, RefusedError, Settings } from '@proxbalance/contracts';
import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import type { Document } from '../src/bus/document.ts';
import { openLog } from '../src/log.ts';
import { sealSecrets } from '../src/secret-fields.ts';
import { secretBox } from '../src/secrets.ts';
import { watchSettings } from '../src/settings.ts';
import { ownNats } from './support/own-nats.ts';
import { type TestService, testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');
const silent = openLog({ level: 'silent', service: 'test' });
const box = secretBox(Buffer.alloc(32, 7).toString('base64'));

function watch(service: TestService): (Document | null)[] {
  const seen: (Document | null)[] = [];
  service.bus.document('settings').watch((document) => void seen.push(document), service.scope.signal, silent);
  return seen;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof RefusedError ? error.code : error),
  );

test('a document changes only for whoever knows its newest revision', async () => {
  await using namespace = testNamespace(natsUrl);
  const document = (await namespace.open()).bus.document('settings');
  expect(await document.read()).toBeNull();
  const first = await document.write({ n: 1 }, 0);
  expect(await codeOf(document.write({ n: 2 }, 0))).toBe('conflict');
  const second = await document.write({ n: 2 }, first);
  expect(await codeOf(document.write({ n: 3 }, first))).toBe('conflict');
  expect(await document.read()).toEqual({ value: { n: 2 }, revision: second });
});

test('of two who write at once, one wins and the other is told', async () => {
  await using namespace = testNamespace(natsUrl);
  const [a, b] = [await namespace.open(), await namespace.open()];
  const revision = await a.bus.document('settings').write({ by: 'nobody' }, 0);
  const write = (service: TestService, by: string) => codeOf(service.bus.document('settings').write({ by }, revision));
  const outcomes = await Promise.all([write(a, 'a'), write(b, 'b')]);
  expect(outcomes.toSorted()).toEqual(['conflict', 'ok']);
});

test('a watcher gets what is there, and each change once', async () => {
  await using namespace = testNamespace(natsUrl);
  const [writer, reader] = [await namespace.open(), await namespace.open()];
  const document = writer.bus.document('settings');
  const seen = watch(reader);
  await eventually(() => expect(seen).toEqual([null]));
  let revision = 0;
  for (const n of [1, 2, 3]) revision = await document.write({ n }, revision);
  await eventually(() => expect(seen.at(-1)?.value).toEqual({ n: 3 }));
  expect(new Set(seen.map((it) => it?.revision)).size).toBe(seen.length);
  const late = watch(await namespace.open());
  await eventually(() => expect(late.map((it) => it?.value)).toEqual([{ n: 3 }]));
});

test('a watcher survives a killed server and sees what changed since', async () => {
  await using nats = await ownNats();
  const [writer, reader] = [await nats.namespace.open(), await nats.namespace.open()];
  const revision = await writer.bus.document('settings').write({ n: 1 }, 0);
  const seen = watch(reader);
  await eventually(() => expect(seen).toHaveLength(1));
  await nats.crash();
  await eventually(() => writer.bus.document('settings').write({ n: 2 }, revision), { withinMs: 5000 });
  await eventually(() => expect(seen.map((it) => it?.value)).toEqual([{ n: 1 }, { n: 2 }]), { withinMs: 5000 });
});

test('after a wiped store a watcher sees the new document, though its revision is one it has seen', async () => {
  await using nats = await ownNats();
  const [writer, reader] = [await nats.namespace.open(), await nats.namespace.open()];
  const document = writer.bus.document('settings');
  await document.write({ n: 'old' }, 0);
  const seen = watch(reader);
  await eventually(() => expect(seen).toHaveLength(1));
  await nats.crashAndForget();
  await eventually(() => document.write({ n: 'new' }, 0), { withinMs: 5000 });
  await eventually(() => expect(seen.at(-1)?.value).toEqual({ n: 'new' }), { withinMs: 5000 });
});

test('without a server, reading and writing refuse at once', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  await nats.server.kill();
  await eventually(() => expect(service.link.isUp()).toBe(false));
  const begin = Date.now();
  expect(await codeOf(service.bus.document('settings').read())).toBe('broker-unavailable');
  expect(await codeOf(service.bus.document('settings').write({}, 0))).toBe('broker-unavailable');
  expect(Date.now() - begin).toBeLessThan(2000);
});

test('reconnecting again and again leaves no listeners behind', async () => {
  await using nats = await ownNats();
  const service = await nats.namespace.open();
  const added: (() => void)[] = [];
  const { onReconnect } = service.link;
  service.link.onReconnect = (listener) => {
    added.push(listener);
    return onReconnect(listener);
  };
  const seen = watch(service);
  service.bus.observe(
    { kind: 'event', type: 'test.any', publisher: 'collector', summary: '', schema: Settings },
    () => {},
  );
  await eventually(() => expect(seen).toHaveLength(1));
  let revision = 0;
  for (let round = 0; round < 3; round++) {
    await nats.crash();
    revision = await eventually(() => service.bus.document('settings').write({ round }, revision));
    await eventually(() => expect(seen.at(-1)?.value).toEqual({ round }));
  }
  expect(added.length).toBe(2);
});

test('settings arrive with their secrets opened, at the start and after each change, and lie sealed in the bucket', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, scope } = await namespace.open();
  const document = bus.document('settings');
  const save = (secret: string, revision: number) =>
    document.write(sealSecrets(Settings, { ...defaultSettings(), proxmox_api_token_secret: secret }, box), revision);
  const revision = await save('first secret', 0);
  expect(JSON.stringify(await document.read())).not.toContain('first secret');

  const settings = watchSettings({ bus, box, log: silent, signal: scope.signal, fromEnvironment: {} });
  await settings.ready;
  expect(settings.current().proxmox_api_token_secret).toBe('first secret');
  const told: string[] = [];
  settings.onChange(() => {
    throw new Error('a listener that does not work');
  });
  settings.onChange((now) => void told.push(now.proxmox_api_token_secret));
  const second = await save('second secret', revision);
  await eventually(() => expect(told).toEqual(['second secret']));
  expect(settings.revision()).toBe(second);
});

test('settings that cannot be read leave the ones in force, and what the environment says stays', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, scope, lines } = await namespace.open();
  const other = secretBox(Buffer.alloc(32, 8).toString('base64'));
  const fromEnvironment = { proxmox_host: 'pve.example:8006' };
  const log = openLog({ level: 'info', service: 'test' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const settings = watchSettings({ bus, box, log, signal: scope.signal, fromEnvironment });
  await settings.ready;
  const sealed = sealSecrets(Settings, { ...defaultSettings(), proxmox_api_token_secret: 'x' }, other);
  await bus.document('settings').write(sealed, 0);
  await eventually(() => expect(lines.map(({ msg }) => msg)).toContainEqual(expect.stringContaining('cannot be read')));
  expect(settings.current()).toEqual({ ...defaultSettings(), ...fromEnvironment });
});
