import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { withContext } from './context.ts';
import { openLog } from './log.ts';
import { inSpan, startTracing } from './trace.ts';

function openTestLog(level = 'trace') {
  const text: string[] = [];
  const log = openLog({ level, service: 'collector' }, { write: (line) => void text.push(line) });
  return { log, text: () => text.join(''), lines: () => text.map((line) => JSON.parse(line)) };
}

const token = 'hunter2';

test.each([
  ['at the top', { token }],
  ['nested', { a: { b: { c: { d: { password: token } } } } }],
  ['in a list', { providers: [{ apiKey: token }] }],
  ['in headers of any spelling', { headers: { Authorization: token, 'X-API-Key': token, 'Set-Cookie': [token] } }],
  ['by their names in the environment', { env: { PROXMOX_TOKEN_SECRET: token, NATS_PASSWORD: token } }],
  ['by their names in Proxmox', { CSRFPreventionToken: token, cookie: `PVEAuthCookie=${token}` }],
  ['in a map of secrets', { secret: { webhook: token } }],
  ['in fields of an error', { err: Object.assign(new Error('no'), { password: token, options: { token } }) }],
  [
    'in the command a Redis error carries',
    { err: Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: [token] } }) },
  ],
  ['in the cause of an error', { err: new Error('no', { cause: Object.assign(new Error('why'), { token }) }) }],
])('secrets %s are not written', (_name, fields) => {
  const { log, text, lines } = openTestLog();
  log.info(fields, 'said');
  log.child(fields).info('said by a child');
  expect(text()).not.toContain(token);
  expect(lines()).toHaveLength(2);
});

test('what is no secret is written as it is', () => {
  const { log, lines } = openTestLog();
  const fields = {
    node: 'pve1',
    vmid: 101,
    at: new Date(0),
    tokenId: 'a@pam!b',
    hasToken: true,
    secret: '',
    list: [1, null],
  };
  log.warn(fields, 'said');
  expect(lines()[0]).toMatchObject({
    ...fields,
    at: '1970-01-01T00:00:00.000Z',
    level: 40,
    msg: 'said',
    service: 'collector',
  });
});

test('an error keeps its kind, its words and its stack', () => {
  const { log, lines } = openTestLog();
  log.error({ err: new TypeError('wrong') }, 'failed');
  log.error(new TypeError('wrong'));
  for (const line of lines())
    expect(line.err).toMatchObject({
      type: 'TypeError',
      message: 'wrong',
      stack: expect.stringContaining('log.test.ts'),
    });
});

test('an object that contains itself does not hang the log', () => {
  const { log, lines } = openTestLog();
  const ring: Record<string, unknown> = { name: 'ring' };
  ring.again = ring;
  log.info({ ring }, inspect('said'));
  expect(lines()).toHaveLength(1);
});

test('ids of the work and of its trace ride along, and only inside it', async () => {
  const end = startTracing(undefined);
  const { log, lines } = openTestLog();
  const carrier = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` };
  await withContext({ request_id: 'r' }, () =>
    withContext({ message_id: 'm' }, () => inSpan('work', carrier, async () => log.info('inside'))),
  );
  log.info('outside');
  const [inside, outside] = lines();
  expect(inside).toMatchObject({ request_id: 'r', message_id: 'm', trace_id: 'ab'.repeat(16) });
  expect(outside).not.toHaveProperty('request_id');
  expect(outside).not.toHaveProperty('trace_id');
  await end();
});

test('below its level nothing is written', () => {
  const { log, text } = openTestLog('warn');
  log.info('quiet');
  expect(text()).toBe('');
});
