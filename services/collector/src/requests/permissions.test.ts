import { PermissionCheck } from '@proxbalance/contracts';
import { permissionReport } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { toChecks } from './permissions.ts';

const of = (permissions: Parameters<typeof permissionReport>[0]) =>
  toChecks(permissionReport(permissions, 'pb@pve!main'));

test('every function is listed with the privileges it needs, and keeps the contract', () => {
  const checks = of({});
  expect(checks.map((one) => PermissionCheck.parse(one))).toEqual(checks);
  expect(checks.every(({ ok, grant }) => !ok && grant !== null)).toBe(true);
  expect(checks.find(({ check }) => check === 'migrate')?.detail).toMatch(
    /VM.Migrate is missing on \/vms: the product/,
  );
});

test('what is held needs no command, and says where it is not', () => {
  const checks = of({ '/vms': { 'VM.Migrate': true, 'VM.Audit': true }, '/vms/100': { 'VM.Audit': true } });
  expect(checks.find(({ check }) => check === 'migrate')).toMatchObject({
    ok: true,
    grant: null,
    detail: 'VM.Migrate is held on /vms, but not at /vms/100',
  });
});
