import {
  GetPermissions,
  PostValidateToken,
  ReadPermissions,
  RefusedError,
  SettingsChanged,
  ValidateToken,
} from '@proxbalance/contracts';
import { answer } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, play, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const check = (privilege: string, ok = true) => ({
  check: privilege,
  privilege,
  path: '/vms',
  ok,
  detail: ok ? 'is held' : `${privilege} is missing at /vms`,
  grant: ok ? null : 'pveum …',
});
const serve = async (handler: ReturnType<typeof answer>) => play(await gateway.as('collector'), [handler]);

describe('trying a token', () => {
  const token = { proxmox_api_token_id: 'lb@pve!main', proxmox_api_token_secret: 'hunter2' };

  test('says what it may do', async () => {
    const asked: unknown[] = [];
    await serve(
      answer(ValidateToken, async (request) => {
        asked.push(request);
        return { version: '9.1.4', permissions: [check('VM.Audit'), check('VM.Migrate', false)] };
      }),
    );
    const body: unknown = await (await gateway.post('/api/validate-token', token)).json();
    expect(PostValidateToken.reply.parse(body)).toEqual(body);
    expect(body).toMatchObject({ version: '9.1.4', message: expect.stringContaining('1 of 2') });
    expect(asked).toEqual([{ token_id: 'lb@pve!main', token_secret: 'hunter2' }]);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  test('that Proxmox doesn’t take is 401', async () => {
    const refusedBy = new RefusedError('token-refused', 'Proxmox refuses the token');
    await serve(answer(ValidateToken, () => Promise.reject(refusedBy)));
    const refused = await refusal(await gateway.post('/api/validate-token', token));
    expect(refused).toMatchObject({ status: 401, code: 'token-refused' });
  });
});

describe('permissions', () => {
  const read = async () => {
    const answer = await gateway.get('/api/permissions');
    const body: unknown = await answer.json();
    expect([answer.status, GetPermissions.reply.parse(body)]).toEqual([200, body]);
    return body;
  };

  test.each<[string, ReturnType<typeof check>[], boolean, string | undefined]>([
    ['all is held', [check('VM.Audit'), check('VM.Migrate')], true, undefined],
    ['something else is missing', [check('Sys.Audit', false), check('VM.Migrate')], true, undefined],
    ['moving is not', [check('VM.Migrate', false)], false, 'VM.Migrate is missing at /vms'],
    ['one of two places is missing', [check('VM.Migrate'), check('VM.Migrate', false)], false, 'VM.Migrate is missing'],
    ['nothing is said of it', [check('VM.Audit')], false, undefined],
  ])('%s', async (_, permissions, can_migrate, reason) => {
    await serve(answer(ReadPermissions, async () => ({ permissions })));
    const body = await read();
    expect(body).toMatchObject({ success: true, can_migrate, permissions });
    expect((body as { reason?: string }).reason ?? '').toContain(reason ?? '');
  });

  test('that can’t be told are no success, and it says why', async () => {
    const nothing = { success: false, can_migrate: false, permissions: [] };
    expect(await read()).toEqual({ ...nothing, reason: 'collector is not running' });
    const reason = 'no Proxmox host is configured';
    await serve(answer(ReadPermissions, () => Promise.reject(new RefusedError('proxmox-not-configured', reason))));
    expect(await read()).toEqual({ ...nothing, reason });
  });
});

describe('collection settings', () => {
  const save = async (body: unknown) => {
    const answer = await gateway.post('/api/settings/collection', body);
    expect([answer.status, await answer.json()]).toMatchObject([200, { success: true, message: expect.any(String) }]);
    const { collection_interval_minutes: minutes, collection_optimization } = gateway.kit.settings.current();
    return { minutes, ...collection_optimization };
  };

  test('a size fills in what is not said, and custom keeps it', async () => {
    const large = { minutes: 30, max_parallel_workers: 8, node_rrd_timeframe: 'hour', guest_rrd_timeframe: 'hour' };
    expect(await save({ collection_optimization: { cluster_size: 'large' } })).toMatchObject(large);
    expect(await save({ collection_optimization: { cluster_size: 'custom' } })).toMatchObject(large);
    expect(await save({ max_parallel_workers: 2 })).toMatchObject({ ...large, max_parallel_workers: 2 });
    expect(await save({ collection_interval_minutes: 240 })).toMatchObject({ minutes: 240, max_parallel_workers: 2 });
    const small = { minutes: 5, max_parallel_workers: 3, node_rrd_timeframe: 'day' };
    expect(await save({ collection_optimization: { cluster_size: 'small' } })).toMatchObject(small);
  });

  test('a change is told', async () => {
    await using reader = await openEvents(gateway.url, { types: 'settings.changed' });
    await save({ collection_optimization: { cluster_size: 'medium' } });
    const keys = ['collection_interval_minutes', 'collection_optimization'];
    await eventually(() =>
      expect(reader.of(SettingsChanged).at(-1)?.data).toMatchObject({ keys, changed_by: 'local' }),
    );
  });
});
