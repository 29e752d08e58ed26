import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../../test/ask.ts';
import { hasShared, recorded, skipLoudly } from '../../test/shared-folder.ts';
import { smallWorld } from '../../test/small-cluster.ts';

if (!hasShared) skipLoudly('built-in roles against recorded ones');

const byName = (rows: Record<string, unknown>[]) =>
  Object.fromEntries(rows.filter(({ special }) => special === 1).map(({ roleid, privs }) => [roleid, privs]));

describe.skipIf(!hasShared)('the built-in roles are those of a real host', () => {
  test.each([
    ['9.2', 'access-roles-pvecli-9.2.2'],
    ['8.4', 'access-roles-goproxmox-8'],
  ] as const)('%s', (pve, fixture) => {
    const ours = byName(rowsOf(ask(smallWorld({}, pve), 'GET', '/access/roles')));
    const theirs = byName((recorded(fixture) as Record<string, unknown>[]).map(sorted));
    for (const [role, privs] of Object.entries(theirs)) {
      expect([role, comparable(ours[role], pve)]).toEqual([role, comparable(privs, pve)]);
    }
  });
});

/** The recording of 8 is of its first days: mappings and access to the network came later. */
function comparable(privs: unknown, pve: string): string[] {
  const later = pve === '9.2' ? /^$/ : /^(Mapping\.|Sys\.AccessNetwork$)/;
  return String(privs)
    .split(',')
    .filter((privilege) => !later.test(privilege));
}

function sorted(row: Record<string, unknown>) {
  return { ...row, privs: String(row.privs).split(',').sort().join(',') };
}
