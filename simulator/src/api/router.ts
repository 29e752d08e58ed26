import { hasFault } from '../faults.ts';
import { rank } from '../pve-version.ts';
import type { Node, World } from '../world.ts';
import { die, forbidden, notImplemented, unreachable, wrongParameters } from './errors.ts';
import { PARAMETERS } from './parameters/all.ts';
import { type Answer, type Call, holds, type Route } from './route.ts';
import { accessRoutes } from './routes/access.ts';
import { clusterRoutes } from './routes/cluster.ts';
import { guestRoutes } from './routes/guests.ts';
import { haRoutes } from './routes/ha.ts';
import { metricRoutes } from './routes/metrics.ts';
import { migrateRoutes } from './routes/migrate.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { powerRoutes } from './routes/power.ts';
import { roleRoutes } from './routes/roles.ts';
import { storageRoutes } from './routes/storage.ts';
import { contentRoutes } from './routes/storage-content.ts';
import { taskRoutes } from './routes/tasks.ts';
import { ticketRoutes } from './routes/ticket.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { userRoutes } from './routes/users.ts';
import { type RawValues, validate } from './validate.ts';

export const ROUTES: Route[] = [
  ...accessRoutes,
  ...ticketRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...roleRoutes,
  ...clusterRoutes,
  ...haRoutes,
  ...nodeRoutes,
  ...metricRoutes,
  ...storageRoutes,
  ...contentRoutes,
  ...guestRoutes,
  ...powerRoutes,
  ...migrateRoutes,
  ...taskRoutes,
];

export interface Match {
  route: Route;
  path: Record<string, string>;
}

/** Finds the route of a path; `known` tells a wrong method from a path nobody serves (both are 501). */
export function matchRoute(method: string, segments: string[]): Match | undefined {
  for (const { route, parts } of COMPILED) {
    if (route.method !== method || parts.length !== segments.length) continue;
    const path = matchParts(parts, segments);
    if (path) return { route, path };
  }
  return undefined;
}

/** Permission first, then the hop to the executing node, then the parameters, then the work. */
export function perform(match: Match, call: Omit<Call, 'node' | 'pve' | 'path' | 'values'>, raw: RawValues): Answer {
  const { route, path } = match;
  const { world, answering } = call;
  if (route.since !== undefined && rank(answering.pve) < route.since)
    notImplemented(route.method, filled(route.path, path));
  const early: Call = { ...call, node: answering, pve: answering.pve, path, values: {} };
  if (route.permission) {
    const where = filled(route.permission.path, path);
    if (!holds(early, where, ...route.permission.privileges)) forbidden(where, route.permission.privileges);
  }
  route.guard?.(early, raw);
  const node = route.proxied ? executing(world, answering, path.node ?? '') : answering;
  if (route.since !== undefined && rank(node.pve) < route.since) notImplemented(route.method, filled(route.path, path));
  for (const [name, value] of Object.entries(path)) {
    if (raw.has(name) && String(raw.get(name)) !== value) {
      wrongParameters({ [name]: 'duplicate parameter (already defined in URI) with conflicting values!' });
    }
    raw.set(name, value);
  }
  const values = validate(PARAMETERS[`${route.method} ${route.path}`] ?? {}, raw, node.pve);
  return route.handle({ ...call, node, pve: node.pve, path, values });
}

const PROXY_TIMEOUT_MS = 30_000;

const COMPILED = ROUTES.map((route) => ({ route, parts: route.path.split('/').slice(1) }));

function matchParts(parts: string[], segments: string[]): Record<string, string> | null {
  const path: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) path[part.slice(1, -1)] = segment;
    else if (part !== segment) return null;
  }
  return path;
}

function executing(world: World, answering: Node, name: string): Node {
  if (name === 'localhost') return answering;
  const node = world.nodes.get(name);
  if (!node)
    return die(`hostname lookup '${name}' failed - failed to get address info for: ${name}: Name or service not known`);
  if (node.downSinceMs !== null) return unreachable(595, 'No route to host');
  // The other node accepts the connection and never answers.
  const hangs = node !== answering && hasFault(world, 'node-hangs', (fault) => fault.node === node.name);
  if (hangs) return unreachable(596, 'Connection timed out', PROXY_TIMEOUT_MS);
  return node;
}

function filled(template: string, path: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
}
