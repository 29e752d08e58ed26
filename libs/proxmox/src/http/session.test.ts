import { describe, expect, test } from 'vitest';
import { ProxmoxError } from '../errors.ts';
import { createSession, ticketSession } from './session.ts';

const MINUTE = 60_000;
const refusal = new ProxmoxError({
  kind: 'authentication',
  reason: 'authentication failure',
  host: 'h',
  method: 'POST',
  path: '/access/ticket',
});

/** A session with a clock of its own. `answer` is what a login comes to. */
const open = () => {
  const state = { now: 1_000_000, logins: 0, answer: (): Error | null => null };
  const session = ticketSession(
    async () => {
      state.logins += 1;
      const error = state.answer();
      if (error !== null) throw error;
      return { ticket: `PVE:a@pve:T${state.logins}::x+/=`, csrf: `C${state.logins}`, needsSecondFactor: false };
    },
    () => state.now,
  );
  const ticket = async () => /T\d/.exec((await session.pass(0)).headers.cookie ?? '')?.[0];
  return { state, session, ticket };
};

describe('tickets', () => {
  test('one login serves all calls, also those at the same time', async () => {
    const { state, session, ticket } = open();
    expect(await Promise.all([ticket(), ticket(), ticket()])).toEqual(['T1', 'T1', 'T1']);
    expect(await session.pass(0)).toMatchObject({
      headers: { cookie: 'PVEAuthCookie=PVE%3Aa%40pve%3AT1%3A%3Ax%2B%2F%3D' },
      csrf: 'C1',
    });
    expect(state.logins).toBe(1);
  });

  test('it is renewed beside the calls before Proxmox stops taking it', async () => {
    const { state, ticket } = open();
    await ticket();
    state.now += 89 * MINUTE;
    expect([await ticket(), state.logins]).toEqual(['T1', 1]);
    state.now += 2 * MINUTE;
    expect(await ticket()).toBe('T1');
    expect([await ticket(), state.logins]).toEqual(['T2', 2]);
  });

  test('one that nobody used for long is replaced before the call', async () => {
    const { state, ticket } = open();
    await ticket();
    state.now += 116 * MINUTE;
    expect(await ticket()).toBe('T2');
  });

  test('a renewal that fails does no harm while the old one is good', async () => {
    const { state, ticket } = open();
    await ticket();
    state.answer = () => new Error('nobody there');
    state.now += 100 * MINUTE;
    expect([await ticket(), await ticket()]).toEqual(['T1', 'T1']);
    state.now += 16 * MINUTE;
    await expect(ticket()).rejects.toThrow('nobody there');
  });

  test('a refused one is replaced once, by whoever notices first', async () => {
    const { state, session, ticket } = open();
    const old = await session.pass(0);
    expect([session.refused(old), await ticket(), session.refused(old), await ticket()]).toEqual([
      true,
      'T2',
      true,
      'T2',
    ]);
    expect(state.logins).toBe(2);
  });

  test('a refused password is not tried again for half a minute: directories lock accounts', async () => {
    const { state, ticket } = open();
    state.answer = () => refusal;
    for (let call = 0; call < 5; call += 1) await expect(ticket()).rejects.toBe(refusal);
    expect(state.logins).toBe(1);
    state.now += 31_000;
    state.answer = () => null;
    expect([await ticket(), state.logins]).toEqual(['T2', 2]);
  });

  test('before the first login nobody is shown', async () => {
    const { session } = open();
    expect(session.current()).toEqual({ headers: {}, csrf: null, secrets: [] });
    await session.pass(0);
    expect(session.current().csrf).toBe('C1');
  });
});

describe('who asks', () => {
  const never = () => Promise.reject(new Error('no login wanted'));

  test('a token needs no login and none would help', async () => {
    const session = createSession({ kind: 'token', tokenId: 'a@pve!x', tokenSecret: 's' }, never);
    const pass = await session.pass(0);
    expect(pass).toMatchObject({ headers: { authorization: 'PVEAPIToken=a@pve!x=s' }, csrf: null });
    expect(session.refused(pass)).toBe(false);
  });

  test.each([
    ['root', 'secret'],
    ['root@', 'secret'],
    ['root@pam!x', 'secret'],
    ['a b@pam', 'secret'],
    ['root@pam', ''],
  ])('%j with %j is refused, without repeating the password', (username, password) => {
    const create = () => createSession({ kind: 'password', username, password }, never);
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(/secret/);
  });
});
