import { describe, expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { hasShared, recorded } from '../../../test/shared-folder.ts';
import { smallWorld } from '../../../test/small-cluster.ts';
import { newUser } from '../../access/identity.ts';
import type { World } from '../../world.ts';

const TOKEN = '/access/users/root@pam/token/main';
const worldWithUser = () =>
  smallWorld({ users: [{ id: 'a@pve', password: 'password', roles: { '/vms': 'PVEVMAdmin' } }] });
const userA = (world: World) => ({ token: world.users.get('a@pve') ?? newUser('') });

describe('tokens', () => {
  test('are made once, shown without their value, changed and deleted', () => {
    const world = smallWorld();
    const made = ask(world, 'POST', TOKEN, { comment: 'x', expire: 4_000_000_000, privsep: 0 }).data;
    expect(made).toEqual({
      'full-tokenid': 'root@pam!main',
      info: { privsep: '0', expire: '4000000000', comment: 'x' },
      value: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(ask(world, 'POST', TOKEN)).toMatchObject({ status: 400, errors: { tokenid: 'Token already exists.' } });
    expect(ask(world, 'GET', TOKEN).data).toEqual({ comment: 'x', expire: 4_000_000_000, privsep: 0 });
    expect(ask(world, 'PUT', TOKEN, { privsep: 1, delete: 'comment' }).data).toEqual({
      expire: 4_000_000_000,
      privsep: 1,
    });
    expect(rowsOf(ask(world, 'GET', '/access/users/root@pam/token'))).toEqual([
      { tokenid: 'main', expire: 4_000_000_000, privsep: 1 },
    ]);
    ask(world, 'DELETE', TOKEN);
    expect(ask(world, 'GET', TOKEN)).toMatchObject({
      status: 500,
      message: "no such token 'main' for user 'root@pam'",
    });
  });

  test('of its own a user manages; a token never is its user', () => {
    const world = worldWithUser();
    const path = '/access/users/a@pve/token/x1';
    expect(ask(world, 'POST', path, {}, userA(world)).status).toBe(200);
    const token = world.tokens.get('a@pve!x1');
    expect(ask(world, 'GET', path, {}, token ? { token } : {})).toMatchObject({
      status: 403,
      message: 'Permission check failed',
    });
    expect(ask(world, 'GET', '/access/users/root@pam/token', {}, userA(world)).status).toBe(403);
    expect(ask(world, 'GET', path, {}, { token: tokenWith(world, { '/access': 'PVEUserAdmin' }) }).status).toBe(200);
  });

  test('with privsep have what both have, without it all of their user, and those of root are not root', () => {
    const world = worldWithUser();
    const held = (id: string) =>
      ask(world, 'GET', `/access/permissions?userid=${id}&path=/vms/100`).data as Record<string, object>;
    ask(world, 'POST', '/access/users/a@pve/token/cut', {});
    ask(world, 'POST', '/access/users/a@pve/token/full', { privsep: 0 });
    ask(world, 'PUT', '/access/acl', { path: '/vms', roles: 'PVEAuditor', tokens: 'a@pve!cut' });
    expect(Object.keys(held('a@pve!cut')['/vms/100'] ?? {}).sort()).toEqual(['VM.Audit', 'VM.GuestAgent.Audit']);
    expect(held('a@pve!full')).toEqual(held('a@pve'));
    ask(world, 'POST', '/access/users/root@pam/token/all', { privsep: 0 });
    const token = world.tokens.get('root@pam!all');
    const form = { target: 'pve2', online: 1, force: 1 };
    expect(ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', form, token ? { token } : {})).toMatchObject({
      errors: { force: 'Only root may use this option.' },
    });
  });
});

describe('users', () => {
  test('come, change and go with their tokens', () => {
    const world = smallWorld();
    expect(ask(world, 'POST', '/access/users', { userid: 'b@pve', password: 'short' })).toMatchObject({
      errors: { password: 'value must be at least 8 characters long' },
    });
    ask(world, 'POST', '/access/users', { userid: 'b@pve', password: 'long enough', comment: 'x' });
    expect(ask(world, 'POST', '/access/users', { userid: 'b@pve' }).message).toBe(
      "create user failed: user 'b@pve' already exists",
    );
    ask(world, 'POST', '/access/users/b@pve/token/t1');
    ask(world, 'PUT', '/access/users/b@pve', { enable: 0 });
    expect(ask(world, 'GET', '/access/users/b@pve').data).toMatchObject({
      enable: 0,
      comment: 'x',
      tokens: { t1: { privsep: 1 } },
    });
    expect(rowsOf(ask(world, 'GET', '/access/users?enabled=0')).map((row) => row.userid)).toEqual(['b@pve']);
    ask(world, 'DELETE', '/access/users/b@pve');
    expect([world.users.has('b@pve'), world.tokens.has('b@pve!t1')]).toEqual([false, false]);
  });

  test('see themselves, all others need a right', () => {
    const world = worldWithUser();
    expect(rowsOf(ask(world, 'GET', '/access/users', {}, userA(world))).map((row) => row.userid)).toEqual(['a@pve']);
    expect(ask(world, 'POST', '/access/users', { userid: 'c@pve' }, userA(world)).message).toBe(
      'Permission check failed (/access/realm/pve, Realm.AllocateUser)',
    );
  });

  test.skipIf(!hasShared)('look like recorded ones', () => {
    const world = smallWorld({
      users: [{ id: 'a@pve', comment: 'x', roles: { '/vms': 'PVEAuditor' } }],
      tokens: [{ id: 'a@pve!main', secret: 's' }],
    });
    const keys = (value: unknown) => Object.keys((value as object[])[0] ?? {}).sort();
    const row = rowsOf(ask(world, 'GET', '/access/users')).filter(({ userid }) => userid === 'a@pve');
    expect(keys(row)).toEqual(keys(recorded('access-users-pvecli-9.2.2')));
    expect(keys(ask(world, 'GET', '/access/users/a@pve/token').data)).toEqual(
      keys(recorded('access-user-token-list-pvecli-9.2.2')),
    );
    expect(keys(ask(world, 'GET', '/access/acl').data)).toEqual(keys(recorded('access-acl-pvecli-9.2.2')));
  });
});

describe('entries', () => {
  const put = (form: Record<string, unknown>) => ask(worldWithUser(), 'PUT', '/access/acl', form);
  const neither = "either 'users', 'groups' or 'tokens' is required.";
  test.each([
    [{ path: '/vms', roles: 'PVEAuditor' }, 400, { users: neither, groups: neither, tokens: neither }],
    [{ path: '/nowhere', roles: 'PVEAuditor', users: 'a@pve' }, 400, { path: "invalid ACL path '/nowhere'" }],
    [{ path: '/vms', roles: 'Nothing', users: 'a@pve' }, 500, "ACL update failed: role 'Nothing' does not exist"],
    [{ path: '/vms', roles: 'PVEAuditor', users: 'b@pve' }, 500, "ACL update failed: user 'b@pve' does not exist"],
    [
      { path: '/vms', roles: 'PVEAuditor', tokens: 'a@pve!no' },
      500,
      "ACL update failed: no such token 'no' for user 'a@pve'",
    ],
    [{ path: '/vms', roles: 'PVEAuditor', groups: 'admins' }, 500, "ACL update failed: group 'admins' does not exist"],
  ])('%j: %i %j', (form, status, reason) => {
    expect(put(form)).toMatchObject(
      typeof reason === 'string' ? { status, message: reason } : { status, errors: reason },
    );
  });

  test('are added, replaced and removed', () => {
    const world = worldWithUser();
    const own = () =>
      rowsOf(ask(world, 'GET', '/access/acl')).filter((row) => row.path === '/' && row.ugid === 'a@pve');
    ask(world, 'PUT', '/access/acl', { path: '/', roles: 'PVEAuditor', users: 'a@pve', propagate: 0 });
    ask(world, 'PUT', '/access/acl', { path: '//', roles: 'PVEAuditor', users: 'a@pve' });
    expect(own()).toEqual([{ path: '/', type: 'user', ugid: 'a@pve', roleid: 'PVEAuditor', propagate: 1 }]);
    ask(world, 'PUT', '/access/acl', { path: '/', roles: 'PVEAuditor', users: 'a@pve', delete: 1 });
    expect(own()).toEqual([]);
  });

  test('are changed by whom the object belongs to, or with Permissions.Modify', () => {
    const world = worldWithUser();
    const form = (path: string) => ({ path, roles: 'PVEAuditor', users: 'a@pve' });
    expect(ask(world, 'PUT', '/access/acl', form('/vms/100'), userA(world)).status).toBe(200);
    expect(ask(world, 'PUT', '/access/acl', form('/vms'), userA(world)).message).toBe(
      'Permission check failed (/vms, Permissions.Modify)',
    );
  });
});

describe('roles', () => {
  test.each([
    ['POST', '/access/roles', { roleid: 'pveMine' }, { roleid: expect.stringContaining("'PVE' namespace") }],
    [
      'POST',
      '/access/roles',
      { roleid: 'Mine', privs: 'VM.Everything' },
      { privs: "invalid format - invalid privilege 'VM.Everything'" },
    ],
  ])('%s %s %j is wrong', (method, path, form, errors) => {
    expect(ask(smallWorld(), method, path, form)).toMatchObject({ status: 400, errors });
  });

  test('are made, extended, read and deleted; built-in ones stay as they are', () => {
    const world = smallWorld();
    ask(world, 'POST', '/access/roles', { roleid: 'Mine', privs: 'VM.Audit' });
    expect(ask(world, 'POST', '/access/roles', { roleid: 'Mine' }).message).toBe(
      "create role failed: role 'Mine' already exists",
    );
    ask(world, 'PUT', '/access/roles/Mine', { privs: 'VM.Migrate', append: 1 });
    expect(ask(world, 'GET', '/access/roles/Mine').data).toEqual({ 'VM.Audit': 1, 'VM.Migrate': 1 });
    ask(world, 'DELETE', '/access/roles/Mine');
    expect(ask(world, 'GET', '/access/roles/Mine').message).toBe("role 'Mine' does not exist");
    expect(ask(world, 'DELETE', '/access/roles/PVEAuditor').message).toBe(
      "auto-generated role 'PVEAuditor' cannot be deleted",
    );
  });
});
