import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { parseTlsMode } from '../src/index.ts';
import { elsewhere, one, two } from './certificates.ts';
import { client, failure } from './client.ts';
import { data, startServer } from './server.ts';

const version = data({ version: '9.2.2', release: '9.2', repoid: 'x' });
const pinOf = (cert: string) => new X509Certificate(cert).fingerprint256;

test('verify: a chain to the given authority is enough', async () => {
  await using server = await startServer(version);
  await using proxmox = client([server.host], { tls: { mode: 'verify', ca: one.cert } });
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2', major: 9, minor: 2 });
});

test('verify: an unknown authority is refused and the token stays here', async () => {
  await using server = await startServer(version);
  for (const tls of [{ mode: 'verify' as const }, { mode: 'verify' as const, ca: two.cert }]) {
    await using proxmox = client([server.host], { tls });
    expect(await failure(proxmox.version())).toMatchObject({ kind: 'tls', retryable: false });
  }
  expect(server.seen).toEqual([]);
});

test('verify: a certificate for another name is refused', async () => {
  await using server = await startServer(version, elsewhere);
  await using proxmox = client([server.host], { tls: { mode: 'verify', ca: elsewhere.cert } });
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'tls', reason: expect.stringContaining('altnames') });
  expect(server.seen).toEqual([]);
});

test('pin: the certificate itself is enough, in any writing', async () => {
  await using server = await startServer(version);
  const pin = pinOf(one.cert).toLowerCase().replaceAll(':', '');
  await using proxmox = client([server.host], { tls: parseTlsMode(`pin:${pinOf(two.cert)},${pin}`) });
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2' });
});

test('pin: another certificate is refused, named, and sees no request, not even a write', async () => {
  await using server = await startServer(version, one);
  await using proxmox = client([server.host], { tls: { mode: 'pin', fingerprints: [pinOf(two.cert)] } });
  const presented = pinOf(one.cert);
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'tls', presentedFingerprint: presented });
  expect(await failure(proxmox.stopTask('UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve:'))).toMatchObject({
    kind: 'tls',
    reason: expect.stringContaining(presented),
  });
  expect(server.seen).toEqual([]);
});

test('pin: not a byte reaches the wrong host once the handshake is over', async () => {
  let received = '';
  const closed: Promise<unknown>[] = [];
  const impostor = createServer(one, (socket) => {
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
  });
  impostor.on('connection', (socket) => closed.push(once(socket, 'close'))).listen(0, '127.0.0.1');
  await once(impostor, 'listening');
  const address = impostor.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await using proxmox = client([{ host: '127.0.0.1', port }], {
    tls: { mode: 'pin', fingerprints: [pinOf(two.cert)] },
  });
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'tls' });
  await eventually(() => expect(closed.length).toBeGreaterThan(0));
  await Promise.all(closed);
  expect(received).toBe('');
  impostor.close();
});

test('pin: every new connection is checked, also when the certificate changes under way', async () => {
  const first = await startServer(version, one);
  await using proxmox = client([first.host], { tls: { mode: 'pin', fingerprints: [pinOf(one.cert)] } });
  await proxmox.version();
  await first[Symbol.asyncDispose]();
  await using second = await startServer(version, two, first.host.port);
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'tls' });
  expect(second.seen).toEqual([]);
});

test('a host whose certificate is refused does not keep the call from the next one', async () => {
  await using impostor = await startServer(version, two);
  await using server = await startServer(version, one);
  await using proxmox = client([impostor.host, server.host]);
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2' });
  expect(impostor.seen).toEqual([]);
  expect(proxmox.hosts()[0]).toMatchObject({ problem: expect.stringContaining('TLS') });
});

test('insecure: anything goes', async () => {
  await using server = await startServer(version, two);
  await using proxmox = client([server.host], { tls: { mode: 'insecure' } });
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2' });
});
