import { describe, expect, test } from 'vitest';
import { parseUpid, upidNode } from './upid.ts';

describe('UPIDs', () => {
  test('a token task is taken apart', () => {
    expect(parseUpid('UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:balancer@pve!main:')).toEqual({
      node: 'pve1',
      pid: 0x001f2a3b,
      pstart: 0x0a1b2c3d,
      startedAt: new Date('2025-09-29T02:33:37Z'),
      type: 'qmigrate',
      id: '100',
      user: 'balancer@pve',
      tokenId: 'main',
      raw: 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:balancer@pve!main:',
    });
  });

  test('after 497 days of uptime pstart has nine digits, and an id may be empty', () => {
    const upid = parseUpid('UPID:pve-nd03:0001D301:115925672:69E05EBF:vzdump::root@pam:');
    expect(upid).toMatchObject({ node: 'pve-nd03', pstart: 0x115925672, id: '', user: 'root@pam' });
    expect(upid).not.toHaveProperty('tokenId');
  });

  test.each([
    '',
    'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:root@pam',
    'UPID:pve1:1F2A3B:0A1B2C3D:68D9F001:qmigrate:100:root@pam:',
    'UPID:../x:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:root@pam:',
    'UPID:-pve:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:root@pam:',
    'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100/x:root@pam:',
    'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:root@pam:\nUPID:',
  ])('%j is none', (text) => {
    expect(parseUpid(text)).toBeNull();
    expect(upidNode(text)).toBeNull();
  });
});
