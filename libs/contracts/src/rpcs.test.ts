import { expect, test } from 'vitest';
import { rpcSubject } from './kit/rpc.ts';
import { serviceNames } from './kit/service.ts';
import { Migrate, rpcs } from './rpcs.ts';

test('the subject of an rpc is namespace, rpc, service and method', () => {
  expect(rpcSubject('lab', Migrate)).toBe('lab.rpc.migrator.migrate');
});

test('no rpc is declared twice', () => {
  expect(new Set(rpcs.map((contract) => rpcSubject('lab', contract))).size).toBe(rpcs.length);
});

test.each(rpcs)(
  '$service.$method is answered by a service, within a bounded time',
  ({ service, method, timeoutMs }) => {
    expect(serviceNames).toContain(service);
    expect(method).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(timeoutMs).toBeGreaterThanOrEqual(1000);
    expect(timeoutMs).toBeLessThanOrEqual(60_000);
  },
);

test('whatever asks Proxmox is waited for until Proxmox was too slow', () => {
  const asking = rpcs.filter(({ errors }) => errors.includes('proxmox-timeout'));
  expect(asking.length).toBeGreaterThan(5);
  expect(asking.filter(({ timeoutMs }) => timeoutMs <= 15_000)).toEqual([]);
});
