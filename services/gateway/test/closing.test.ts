import { Migrate } from '@proxbalance/contracts';
import { answer, pause } from '@proxbalance/service-kit';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { startGateway } from './support/gateway.ts';

const move = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };

test('a request in hand is answered while the gateway closes; one that takes too long is not waited for', async () => {
  await using gateway = await startGateway();
  const migrator = await gateway.as('migrator');
  const asked: number[] = [];
  await migrator.bus.serve([
    answer(Migrate, async ({ vmid }) => {
      asked.push(vmid);
      await pause(vmid === 100 ? 500 : 5000);
      return aMigration({ vmid });
    }),
  ]);
  const statusOf = (vmid: number) =>
    gateway.post('/api/migrate', { ...move, vmid }).then(
      ({ status }) => status,
      () => 'cut off',
    );
  const quick = statusOf(100);
  const slow = statusOf(101);
  await eventually(() => expect(asked.sort()).toEqual([100, 101]));
  const begin = Date.now();
  await gateway.close();
  expect(Date.now() - begin).toBeLessThan(7000);
  expect([await quick, await slow]).toEqual([200, 'cut off']);
});
