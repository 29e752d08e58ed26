import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Instant, NodeName, Upid, Vmid, VmidText } from './values.ts';

const shared = process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../shared');
const corpus = join(shared, 'fixtures/proxmox/upid-corpus-mixed.json');

test('every UPID recorded from real clusters is one', ({ skip }) => {
  if (!existsSync(corpus)) {
    console.warn(`SKIPPED: no recorded UPIDs at ${corpus}; PROXBALANCE_SHARED names their folder`);
    skip();
  }
  const recorded: string[] = JSON.parse(readFileSync(corpus, 'utf8'));
  expect(recorded.length).toBeGreaterThan(5);
  expect(recorded.filter((upid) => !Upid.safeParse(upid).success)).toEqual([]);
});

test.each([
  ['of a user', 'UPID:pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam:'],
  ['of an API token', 'UPID:pve-01:00082F7E:0131654E:6A84E8ED:hamigrate:100:root@pam!balancer:'],
  ['about no guest', 'UPID:pve1:0020C066:042DF204:69C26EB0:vzdump::root@pam:'],
  ['of a node that has been up for long', 'UPID:pve1:0020C066:1042DF204:69C26EB0:vzmigrate:200:root@pam:'],
])('a UPID %s is one', (_, upid) => {
  expect(Upid.parse(upid)).toBe(upid);
});

test.each([
  ['is empty', ''],
  ['lacks its closing colon', 'UPID:pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam'],
  ['lacks its type', 'UPID:pve1:000234A1:0C7A3FD0:6AB45DB7::121:root@pam:'],
  ['has a path in its node', 'UPID:../pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam:'],
  ['has a process id that is no hex number', 'UPID:pve1:00023ZA1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam:'],
  ['has a line break', 'UPID:pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:121:root@pam:\n'],
  ['has no end', `UPID:pve1:000234A1:0C7A3FD0:6AB45DB7:qmigrate:${'1'.repeat(300)}:root@pam:`],
])('a UPID that %s is none', (_, text) => {
  expect(Upid.safeParse(text).success).toBe(false);
});

test('a guest id in a path becomes a number', () => {
  expect(VmidText.parse('100')).toBe(100);
  expect(VmidText.parse('999999999')).toBe(999_999_999);
});

test.each(['99', '1000000000', '-100', '1e3', '100.0', '0x64', ' 100', ''])('the text %j is no guest id', (text) => {
  expect(VmidText.safeParse(text).success).toBe(false);
});

test.each([99, 1_000_000_000, 100.5, '100', null])('the value %j is no guest id', (value) => {
  expect(Vmid.safeParse(value).success).toBe(false);
});

test.each(['pve1', 'a', 'iaclab-01-01', 'PVE'])('%s is a node name', (name) => {
  expect(NodeName.parse(name)).toBe(name);
});

test.each(['', '-pve', 'pve-', 'pve.example', 'pve/1', 'pve 1', 'x'.repeat(64)])('%j is no node name', (name) => {
  expect(NodeName.safeParse(name).success).toBe(false);
});

test('a point in time is UTC', () => {
  expect(Instant.safeParse('2026-02-08T10:15:00Z').success).toBe(true);
  expect(Instant.safeParse('2026-02-08T11:15:00+01:00').success).toBe(false);
  expect(Instant.safeParse('2026-02-08 10:15').success).toBe(false);
});
