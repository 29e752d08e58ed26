import { describe, expect, test } from 'vitest';
import { smallWorld } from '../../test/small-cluster.ts';
import type { Token } from './identity.ts';
import { can, privilegesAt } from './privileges.ts';

function worldWith(roles: object, more: object = {}) {
  const world = smallWorld({ tokens: [{ id: 'a@pve!main', secret: 's', roles }], ...more });
  const token = world.tokens.get('a@pve!main') as Token;
  return { world, token, holds: (path: string, right: string) => can(world, token, path, [right], '9.2') };
}

describe('what a token may do at a path', () => {
  test('a role at / reaches everything below', () => {
    const { holds } = worldWith({ '/': 'PVEAuditor' });
    expect(holds('/vms/100', 'VM.Audit')).toBe(true);
    expect(holds('/vms/100', 'VM.Migrate')).toBe(false);
  });

  test('the deepest entry replaces, it does not add', () => {
    const { holds } = worldWith({ '/': 'PVEAuditor', '/vms': 'PVEVMAdmin', '/vms/100': 'NoAccess' });
    expect(holds('/vms/101', 'VM.Migrate')).toBe(true);
    expect(holds('/vms/101', 'Sys.Audit')).toBe(false);
    expect(holds('/vms/100', 'VM.Audit')).toBe(false);
    expect(holds('/nodes/pve1', 'Sys.Audit')).toBe(true);
  });

  test('an entry that does not propagate holds at its own path only', () => {
    const { world, token, holds } = worldWith({ '/vms': { role: 'PVEVMUser', propagate: 0 } });
    expect(holds('/vms', 'VM.Audit')).toBe(true);
    expect(holds('/vms/100', 'VM.Audit')).toBe(false);
    expect(privilegesAt(world, token, '/vms', '9.2').get('VM.Audit')).toBe(false);
  });

  test('rights on a pool reach its members', () => {
    const { holds } = worldWith(
      { '/pool/prod': 'PVEVMUser' },
      { guests: [{ vmid: 100, node: 'pve1', mem_bytes: 1, pool: 'prod' }] },
    );
    expect(holds('/vms/100', 'VM.PowerMgmt')).toBe(true);
    expect(holds('/vms/101', 'VM.PowerMgmt')).toBe(false);
  });

  test('VM.Monitor is of PVE 8, guest agent privileges are of 9', () => {
    const { world, token } = worldWith({ '/': 'Administrator' });
    expect(can(world, token, '/', ['VM.Monitor'], '8.4')).toBe(true);
    expect(can(world, token, '/', ['VM.Monitor'], '9.2')).toBe(false);
    expect(can(world, token, '/', ['VM.GuestAgent.Audit'], '9.0')).toBe(true);
  });

  test('roles of the cluster file count', () => {
    const { holds } = worldWith({ '/': 'Mover' }, { roles: { Mover: 'VM.Audit,VM.Migrate' } });
    expect(holds('/vms/100', 'VM.Migrate')).toBe(true);
  });
});
