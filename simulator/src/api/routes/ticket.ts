import { type Identity, ROOT, type User } from '../../access/identity.ts';
import { can, KNOWN_PATHS, privilegesAt } from '../../access/privileges.ts';
import { makeCsrfToken, makeTicket, sameText, userOfTicket } from '../../access/tickets.ts';
import { splitList } from '../../lists.ts';
import { userProblem } from '../authenticate.ts';
import { ApiError } from '../errors.ts';
import { type Call, type Route, route } from '../route.ts';

export const ticketRoutes: Route[] = [
  { ...route('GET', '/access/ticket', null, () => ({ data: null })), open: true },
  { ...route('POST', '/access/ticket', null, (call) => ({ data: logIn(call) })), open: true },
];

/** The password may be a ticket as well; that of root@pam opens every account. All failures read alike, and come late. */
function logIn(call: Call) {
  const { world, values, pve } = call;
  const username = values.realm === undefined ? String(values.username) : `${values.username}@${values.realm}`;
  const user = world.users.get(username);
  if (!user || userProblem(world, user.id) !== null || !isProof(call, user, String(values.password))) return refuse();
  const common = { username: user.id, cap: capabilities(call, user) };
  if (values.path !== undefined && values.privs !== undefined) {
    const privileges = splitList(String(values.privs));
    const held = privileges.every((privilege) => can(world, user, String(values.path), [privilege], pve));
    return held ? common : refuse();
  }
  return {
    ...common,
    ticket: makeTicket(world, user.id),
    CSRFPreventionToken: makeCsrfToken(world, user.id),
    ...(world.nodes.size > 1 && can(world, user, '/', ['Sys.Audit'], pve) ? { clustername: world.name } : {}),
  };
}

function isProof({ world }: Call, user: User, password: string): boolean {
  const ofTicket = userOfTicket(world, password);
  if (ofTicket !== null) return ofTicket === user.id || ofTicket === ROOT;
  return user.password !== null && sameText(user.password, password);
}

function refuse(): never {
  throw new ApiError(401, 'authentication failure', { late: true });
}

const AREAS: Record<string, RegExp> = {
  vms: /^(VM\.|Permissions\.Modify)/,
  access: /^((User|Group)\.|Permissions\.Modify)/,
  storage: /^(Datastore\.|Permissions\.Modify)/,
  nodes: /^(Sys\.|Permissions\.Modify)/,
  sdn: /^(SDN\.|Permissions\.Modify)/,
  dc: /^(Sys\.Audit|Sys\.Modify|SDN\.)/,
  mapping: /^(Mapping\.|Permissions\.Modify)/,
};

/** What the web interface may offer: privileges by area, wherever they are held. */
function capabilities({ world, pve }: Call, who: Identity): Record<string, Record<string, 1>> {
  const found: Record<string, Record<string, 1>> = Object.fromEntries(Object.keys(AREAS).map((area) => [area, {}]));
  for (const path of [...KNOWN_PATHS, '/mapping', ...who.acl.map((entry) => entry.path)]) {
    const area = path === '/' ? 'dc' : (path.split('/')[1] ?? '');
    for (const privilege of privilegesAt(world, who, path, pve).keys()) {
      const held = found[area];
      if (held && AREAS[area]?.test(privilege)) held[privilege] = 1;
    }
  }
  return found;
}
