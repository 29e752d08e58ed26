import type { User } from '../access/identity.ts';
import { die } from './errors.ts';
import type { Call } from './route.ts';

/** The user of the path. */
export function userAt({ world, values }: Call): User {
  const id = String(values.userid);
  return world.users.get(id) ?? die(`no such user ('${id}')`);
}
