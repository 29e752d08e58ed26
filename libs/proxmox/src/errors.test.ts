import { expect, test } from 'vitest';
import {
  isProxmoxError,
  ProxmoxError,
  type ProxmoxErrorKind,
  ProxmoxOutcomeUnknownError,
  toRefusal,
} from './errors.ts';

const failure = { reason: 'no', host: 'pve1:8006', method: 'GET', path: '/version' };

test.each<[ProxmoxErrorKind, string]>([
  ['refused', 'proxmox-error'],
  ['permission', 'proxmox-error'],
  ['unreachable', 'proxmox-unreachable'],
  ['node-unreachable', 'proxmox-unreachable'],
  ['tls', 'proxmox-unreachable'],
  ['timeout', 'proxmox-timeout'],
  ['outcome-unknown', 'proxmox-timeout'],
])('%s leaves as %s', (kind, code) => {
  expect(toRefusal(new ProxmoxError({ ...failure, kind }))).toEqual({ code, message: 'Proxmox: no' });
});

test('fields become details', () => {
  const error = new ProxmoxError({ ...failure, kind: 'parameter', fields: { target: 'is local' } });
  expect(toRefusal(error).details).toEqual([{ path: 'target', message: 'is local' }]);
});

test('the message tells what was asked of whom', () => {
  const error = new ProxmoxOutcomeUnknownError({ ...failure, method: 'POST' });
  expect(error.message).toBe('no (POST /version at pve1:8006)');
  expect(isProxmoxError(error, 'outcome-unknown')).toBe(true);
  expect(isProxmoxError(new Error('no'))).toBe(false);
});
