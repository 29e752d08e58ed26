import { describe, expect, test } from 'vitest';
import { ask } from '../../test/ask.ts';
import { allowList, asAllowed, deviations, type Returns } from '../../test/conformance.ts';
import { hasShared, readFixture, readText, recorded, skipLoudly } from '../../test/shared-folder.ts';
import { guest, SMALL_CLUSTER, smallWorld } from '../../test/small-cluster.ts';
import { isNine, PVE_VERSIONS, type PveVersion, rank } from '../pve-version.ts';
import type { World } from '../world.ts';
import { ROUTES } from './router.ts';

if (!hasShared) skipLoudly('answers against the official schema');

/** Recordings that schema-vs-recorded.txt was not made from: what deviates in them is just as real. */
const ALSO_RECORDED: Record<string, string[]> = {
  '/cluster/ha/groups': ['ha-groups-clusterbalance-8.4'],
  '/cluster/ha/resources': ['ha-resources-clusterbalance-8.4', 'derived-ha-resources-9'],
  '/cluster/ha/rules': ['derived-ha-rules-9'],
  '/cluster/nextid': ['cluster-nextid-pvecli-9.2.2'],
  '/nodes/{node}/lxc/{vmid}/snapshot': ['qemu-snapshot-list-pvecli-9.2.2'],
  '/nodes/{node}/storage/{storage}/content': ['storage-content-backup-pvecli-9.2.2'],
  '/pools': ['pool-members-pvecli-9.2.2'],
};
/** Endpoints that answer from the same code as another one; a row of a list has `[]` before its key. */
const SAME_CODE: Record<string, { like: string; rename: (line: string) => string }> = {
  '/cluster/tasks': { like: '/nodes/{node}/tasks/{upid}/status', rename: (line) => line.replace(' .', ' [].') },
  '/nodes/{node}/tasks': { like: '/nodes/{node}/tasks/{upid}/status', rename: (line) => line.replace(' .', ' [].') },
  '/nodes/{node}/lxc/{vmid}/status/current': {
    like: '/nodes/{node}/lxc',
    rename: (line) => line.replace(' [].', ' .'),
  },
};
/** In the reference (sections 3 and 8) and in no recording: the recorded objects have neither tags nor comment, and lost their digest. */
const IN_THE_SOURCES = [
  '/pools UNDECLARED [].members[].tags',
  '/cluster/ha/rules UNDECLARED [].comment',
  '/cluster/ha/groups UNDECLARED [].digest',
  // Declared by 9; 8 has it in its configuration files, and answers them whole, as well.
  '/nodes/{node}/qemu/{vmid}/config UNDECLARED .parent',
];

type Schema = Record<'pve8' | 'pve9', Record<string, Record<string, { returns?: Returns }>>>;

describe.skipIf(!hasShared)('every GET answers what the official schema says, but for recorded exceptions', () => {
  const schema = hasShared ? (readFixture('pve-schema-subset.json') as Schema) : { pve8: {}, pve9: {} };
  const allowed = allowList(hasShared ? readText('schema-vs-recorded.txt') : '');
  for (const [path, fixtures] of Object.entries(hasShared ? ALSO_RECORDED : {})) {
    const returns = (schema.pve9[path] ?? schema.pve8[path])?.GET?.returns ?? {};
    for (const fixture of fixtures) {
      for (const deviation of deviations(returns, recorded(fixture))) allowed.add(asAllowed(path, deviation));
    }
  }
  for (const [path, { like, rename }] of Object.entries(SAME_CODE)) {
    const lines = [...allowed].filter((line) => line.startsWith(`${like} `));
    for (const line of lines) allowed.add(`${path} ${rename(line.slice(like.length + 1))}`);
  }
  for (const line of IN_THE_SOURCES) allowed.add(line);
  const worlds = new Map(PVE_VERSIONS.map((pve) => [pve, livedInWorld(pve)]));
  const gets = ROUTES.filter((route) => route.method === 'GET');

  test.each(gets.flatMap((route) => PVE_VERSIONS.map((pve) => [route.path, pve, route.since ?? 0] as const)))(
    '%s on %s',
    (path, pve, since) => {
      const world = worlds.get(pve);
      const official = schema[isNine(pve) ? 'pve9' : 'pve8'][path]?.GET;
      if (!world || rank(pve) < since) return;
      const returns = official?.returns ?? { type: 'object' };
      const found = new Set<string>();
      let answers = 0;
      for (const target of targetsOf(world, path)) {
        const answer = ask(world, 'GET', target);
        if (answer.status !== 200) continue;
        answers += 1;
        for (const deviation of deviations(returns, answer.data)) found.add(asAllowed(path, deviation));
      }
      const groupsAreRules = path === '/cluster/ha/groups' && isNine(pve);
      expect(answers > 0, 'at least one answer was looked at').toBe(!groupsAreRules);
      expect([...found].filter((deviation) => !allowed.has(deviation))).toEqual([]);
    },
  );
});

/** Guests of every kind, a migration behind it and one under way, a node that is gone, users, tokens, HA and options. */
function livedInWorld(pve: PveVersion): World {
  const more = { tags: ['a'], pool: 'lab', snapshots: [{ name: 'before', description: 'x', parent: 'older' }] };
  const world = smallWorld(
    {
      guests: [
        ...SMALL_CLUSTER.guests,
        guest(110, { ...more, config: { ide2: 'local-zfs:iso/debian.iso,media=cdrom', usb0: 'mapping=stick' } }),
        guest(111, { lock: 'backup', node: 'pve2' }),
        guest(300, { node: 'pve3' }),
        guest(301, { ...more, node: 'pve3', type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1' }] }),
      ],
      pools: [{ poolid: 'lab', comment: 'x' }],
      ha_rules: [
        { rule: 'here', type: 'node-affinity', resources: 'vm:103', nodes: 'pve1:2,pve3', strict: 1, disable: 1 },
        { rule: 'apart', type: 'resource-affinity', resources: 'vm:103,vm:104', affinity: 'negative', comment: 'x' },
      ],
      options: { crs: 'ha=static', migration: 'type=secure', 'registered-tags': 'a;b', 'tag-style': 'shape=circle' },
      users: [{ id: 'a@pve', password: 'password', comment: 'x', roles: { '/': 'PVEAuditor' } }],
      tokens: [{ id: 'a@pve!main', secret: 's', comment: 'x', expire: 4_000_000_000, roles: { '/': 'PVEAuditor' } }],
    },
    pve,
  );
  ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 });
  world.clock.advance(60);
  ask(world, 'POST', '/nodes/pve1/qemu/101/migrate', { target: 'pve2', online: 1, 'with-local-disks': 1 });
  world.clock.advance(2);
  const node = world.nodes.get('pve3');
  if (node) node.downSinceMs = world.clock.nowMs();
  world.revision += 1;
  return world;
}

/** The template filled with everything there is. */
function targetsOf(world: World, path: string): string[] {
  const guests = [...world.guests.values()].filter(
    (entry) => !path.includes('{vmid}') || path.includes(`/${entry.type}/`),
  );
  const choices: Record<string, string[]> = {
    node: [...world.nodes.keys()],
    vmid: guests.map((entry) => String(entry.vmid)),
    storage: ['ceph1', 'local-zfs'],
    upid: [...world.tasks.keys()].map(encodeURIComponent),
    userid: [...world.users.keys()],
    tokenid: ['main'],
    roleid: ['PVEAuditor', 'ProxBalance'],
  };
  let targets = [path];
  for (const [name, values] of Object.entries(choices)) {
    if (path.includes(`{${name}}`))
      targets = targets.flatMap((text) => values.map((value) => text.replace(`{${name}}`, value)));
  }
  if (path.endsWith('/rrddata')) return targets.flatMap((text) => [`${text}?timeframe=hour`, `${text}?timeframe=year`]);
  if (path === '/pools') return ['/pools', '/pools?poolid=lab'];
  if (path === '/access/users') return ['/access/users', '/access/users?full=1'];
  if (path === '/nodes/{node}/tasks') return targets.map((text) => `${text}?source=all`);
  return targets;
}
