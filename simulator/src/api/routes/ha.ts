import { createHash } from 'node:crypto';
import { blockersOn, dependents, sortedServices } from '../../ha/affinity.ts';
import { askCrm } from '../../ha/migrate.ts';
import type { HaRule, HaService } from '../../ha/service.ts';
import { haStatusRows, managerStatus } from '../../ha/status.ts';
import { isNine } from '../../pve-version.ts';
import type { World } from '../../world.ts';
import { die } from '../errors.ts';
import { type Call, demand, type Route, route } from '../route.ts';
import { requireQuorum } from './cluster.ts';

const AUDIT = demand('/', 'Sys.Audit');

export const haRoutes: Route[] = [
  route('GET', '/cluster/ha/resources', AUDIT, (call) => ({ data: resources(call) })),
  { ...route('GET', '/cluster/ha/rules', AUDIT, (call) => ({ data: rules(call) })), since: 900 },
  route('GET', '/cluster/ha/groups', AUDIT, (call) => ({ data: groups(call) })),
  route('GET', '/cluster/ha/status/current', AUDIT, ({ world, pve }) => ({ data: haStatusRows(world, pve) })),
  route('GET', '/cluster/ha/status/manager_status', AUDIT, ({ world }) => ({ data: managerStatus(world) })),
  route('POST', '/cluster/ha/resources/{sid}/migrate', demand('/', 'Sys.Console'), (call) => ({ data: migrate(call) })),
];

function resources({ world, pve, values }: Call) {
  const digest = digestOf([...world.ha.keys()]);
  return sortedServices(world)
    .map((service) => resourceRow(service, { nine: isNine(pve), inGroups: !areGroupsRules(world) }, digest))
    .filter((row) => values.type === undefined || row.type === values.type);
}

function resourceRow(service: HaService, { nine, inGroups }: { nine: boolean; inGroups: boolean }, digest: string) {
  return {
    sid: service.sid,
    type: service.sid.split(':')[0],
    state: service.state,
    max_restart: service.maxRestart,
    max_relocate: service.maxRelocate,
    ...(nine ? { failback: service.failback ? 1 : 0 } : {}),
    ...(inGroups && service.group ? { group: service.group } : {}),
    ...(service.comment ? { comment: service.comment } : {}),
    digest,
  };
}

function rules({ world, values }: Call) {
  const digest = digestOf(world.rules.map((rule) => rule.rule));
  const rules = areGroupsRules(world) ? world.rules : [];
  return rules
    .filter((rule) => values.type === undefined || rule.type === values.type)
    .filter((rule) => values.resource === undefined || rule.resources.includes(String(values.resource)))
    .map((rule, index) => ({
      rule: rule.rule,
      type: rule.type,
      resources: rule.resources.join(','),
      order: index + 1,
      digest,
      ...(rule.disabled ? { disable: 1 } : {}),
      ...(rule.comment ? { comment: rule.comment } : {}),
      ...(rule.type === 'node-affinity'
        ? { nodes: nodesText(rule), strict: rule.strict ? 1 : 0 }
        : { affinity: rule.affinity }),
    }));
}

/** Groups become rules, and rules can be made, when the last node is of PVE 9. */
const areGroupsRules = (world: World): boolean => [...world.nodes.values()].every((node) => isNine(node.pve));

function groups({ world }: Call) {
  if (areGroupsRules(world)) die('cannot index groups: ha groups have been migrated to rules');
  const digest = digestOf(world.rules.map((rule) => rule.rule));
  return world.rules
    .filter((rule) => rule.type === 'node-affinity')
    .map((rule) => ({
      group: rule.rule.replace(/^ha-group-/, ''),
      type: 'group',
      nodes: nodesText(rule),
      restricted: rule.strict ? 1 : 0,
      nofailback: rule.resources.some((sid) => world.ha.get(sid)?.failback === false) ? 1 : 0,
      ...(rule.comment ? { comment: rule.comment } : {}),
      digest,
    }));
}

/** 9 answers what was asked, even when a blocking resource makes the CRM drop it; 8 answers nothing. */
function migrate(call: Call) {
  const { world, values, pve } = call;
  requireQuorum(world);
  const sid = sidFrom(world, String(values.sid));
  const target = String(values.node);
  const service = world.ha.get(sid);
  if (!service) return die(`no such resource '${sid}'`);
  if (!world.nodes.has(target)) die(`no such cluster node '${target}'`);
  if (service.crmState === 'error') die(`service '${sid}' in error state, must be disabled and fixed first`);
  const blocking = blockersOn(world, sid, target);
  if (blocking.length === 0) askCrm(world, service, target);
  if (!isNine(pve)) return null;
  const together = dependents(world, sid);
  return {
    sid,
    'requested-node': target,
    ...(together.length > 0 ? { 'comigrated-resources': together } : {}),
    ...(blocking.length > 0
      ? { 'blocking-resources': blocking.map((other) => ({ sid: other, cause: 'resource-affinity' })) }
      : {}),
  };
}

/** A bare vmid will do. */
function sidFrom(world: World, text: string): string {
  if (text.includes(':')) return text;
  return world.guests.get(Number(text))?.type === 'lxc' ? `ct:${text}` : `vm:${text}`;
}

function nodesText(rule: HaRule): string {
  return [...rule.nodes].map(([node, priority]) => (priority === 0 ? node : `${node}:${priority}`)).join(',');
}

function digestOf(names: string[]): string {
  return createHash('sha1').update(names.join('\n')).digest('hex');
}
