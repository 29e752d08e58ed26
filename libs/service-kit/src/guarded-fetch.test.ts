import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ForbiddenAddressError, guardedFetch, isForbidden } from './guarded-fetch.ts';

/** Names of this test and what they resolve to. */
const names: Record<string, string[]> = {
  'metadata.test': ['169.254.169.254'],
  'partly.test': ['127.0.0.1', '169.254.169.254'],
  'metadata6.test': ['fd00:ec2::254'],
  'scoped.test': ['fe80::1%lo'],
  'fine.test': ['127.0.0.1'],
};

vi.mock('node:dns', () => ({
  lookup(name: string, _options: unknown, done: (error: Error | null, found?: LookupAddress[]) => void) {
    const found = names[name];
    if (!found) return done(new Error(`no such name: ${name}`));
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  },
}));

test.each([
  ['169.254.169.254', true],
  ['169.254.0.1', true],
  ['0.0.0.0', true],
  ['100.100.100.200', true],
  ['192.0.0.192', true],
  ['168.63.129.16', true],
  ['fe80::1', true],
  ['fe80::1%eth0', true],
  ['febf::1', true],
  ['fd00:ec2::254', true],
  ['::', true],
  ['::ffff:169.254.169.254', true],
  ['::ffff:a9fe:a9fe', true],
  ['0:0:0:0:0:ffff:a9fe:a9fe', true],
  ['::a9fe:a9fe', true],
  ['64:ff9b::a9fe:a9fe', true],
  ['2002:a9fe:a9fe::1', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['10.0.0.1', false],
  ['192.168.1.10', false],
  ['169.253.255.255', false],
  ['169.255.0.0', false],
  ['8.8.8.8', false],
  ['fd00::1', false],
  ['2001:db8::1', false],
  ['::ffff:127.0.0.1', false],
  ['pve.example', false],
])('%s is forbidden: %s', (address, expected) => {
  expect(isForbidden(address)).toBe(expected);
});

let url = '';
const paths: string[] = [];
const server = createServer((request, response) => {
  paths.push(request.url ?? '');
  if (request.url === '/moved') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
  else if (request.url === '/slow') setTimeout(() => response.end(), 10_000).unref();
  else response.end('hello');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (target: string, more = {}) => guardedFetch(target, { timeoutMs: 3000, ...more });

test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://169.254.169.254./',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://169.254.43518/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[fe80::1]/',
  'http://0/',
  'https://169.254.169.254/',
  'http://metadata.test/',
  'http://partly.test/',
  'http://metadata6.test/',
  'http://scoped.test/',
])('%s is not asked', async (target) => {
  await expect(get(target)).rejects.toThrow(ForbiddenAddressError);
});

test.each(['file:///etc/passwd', 'data:text/plain,hi', 'ftp://127.0.0.1/', 'nonsense'])(
  '%s is no address to fetch',
  async (target) => {
    await expect(get(target)).rejects.toThrow(TypeError);
  },
);

test('an address that is allowed answers, by number and by name', async () => {
  expect(await (await get(`http://${url}/`)).text()).toBe('hello');
  expect(await (await get(`http://${url.replace('127.0.0.1', 'fine.test')}/`)).text()).toBe('hello');
});

test('a redirect is handed over, not followed', async () => {
  const reply = await get(`http://${url}/moved`);
  expect(reply.status).toBe(302);
  expect(paths.filter((path) => path === '/latest')).toEqual([]);
});

test('neither the time limit nor the caller’s own signal is forgotten', async () => {
  await expect(get(`http://${url}/slow`, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(get(`http://${url}/slow`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
