import { demoGuests } from './guests.ts';
import { demoNodes } from './nodes.ts';

/** The cluster a person sees first: unequal nodes, one of them hot, and one guest of every awkward kind. */
export function demoCluster() {
  return {
    name: 'demo',
    nodes: demoNodes(),
    guests: demoGuests(),
    pools: [
      { poolid: 'production', comment: 'Customers notice' },
      { poolid: 'lab', comment: 'Nobody notices' },
    ],
    ha_rules: [{ rule: 'db-nodes', type: 'node-affinity', resources: 'vm:101', nodes: 'pve1,pve2,pve3', strict: 0 }],
    options: { migration: 'type=secure', 'tag-style': 'ordering=config,shape=full' },
  };
}
