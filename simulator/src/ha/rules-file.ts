import { FieldReader } from '../fields.ts';
import { splitList } from '../lists.ts';
import type { World } from '../world.ts';
import type { HaRule } from './service.ts';

const RULE_TYPES = ['node-affinity', 'resource-affinity'] as const;

/** Rules in the shape GET /cluster/ha/rules answers; PVE 8 groups become node-affinity rules, as the real migration does. */
export function readHaRules(world: World, rules: unknown[], groups: unknown[]): void {
  for (const item of rules) world.rules.push(readRule(item));
  for (const item of groups) world.rules.push(readGroup(world, item));
}

function readRule(item: unknown): HaRule {
  const entry = new FieldReader(item, 'ha_rule');
  return {
    rule: entry.text('rule'),
    type: entry.oneOf('type', RULE_TYPES),
    resources: listOf(entry.raw('resources')),
    nodes: readNodes(entry.raw('nodes')),
    strict: entry.flag('strict', false),
    affinity: entry.oneOf('affinity', ['positive', 'negative'] as const, 'negative'),
    disabled: entry.flag('disable', false),
    comment: entry.has('comment') ? entry.text('comment') : null,
  };
}

function readGroup(world: World, item: unknown): HaRule {
  const entry = new FieldReader(item, 'ha_group');
  const group = entry.text('group');
  const members = [...world.ha.values()].filter((service) => service.group === group);
  for (const service of members) service.failback = !entry.flag('nofailback', false);
  return {
    rule: `ha-group-${group}`,
    type: 'node-affinity',
    resources: members.map((service) => service.sid),
    nodes: readNodes(entry.raw('nodes')),
    strict: entry.flag('restricted', false),
    affinity: 'positive',
    disabled: false,
    comment: entry.has('comment') ? entry.text('comment') : null,
  };
}

function readNodes(value: unknown): Map<string, number> {
  return new Map(
    listOf(value).map((part) => {
      const [name = '', priority = '0'] = part.split(':');
      return [name, Number(priority)];
    }),
  );
}

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return splitList(String(value ?? ''));
}
