import type { Permissions } from '../decode/cluster.ts';
import { inheritableAt } from './holds.ts';
import type { Need } from './needs.ts';

/**
 * The shell command that gives `subject` what it needs and takes nothing away. Entries at a path replace what comes from
 * above, so the role holds all that the path hands down now as well. A token's entries touch nobody but the token.
 */
export const grantCommand = (permissions: Permissions, { privilege, path }: Need, subject: string): string => {
  const privileges = [...new Set([...inheritableAt(permissions, path), privilege])].sort().join(',');
  const role = `ProxBalance-${[privilege, ...path.split('/').filter((part) => part !== '')].join('-')}`;
  const who = `${subject.includes('!') ? '--tokens' : '--users'} ${quoted(subject)}`;
  return [
    `pveum role add ${role} --privs ${privileges} || pveum role modify ${role} --append 1 --privs ${privileges}`,
    `pveum acl modify ${path} ${who} --roles ${role}`,
  ].join('; ');
};

/** One word to the shell, whatever it holds. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
