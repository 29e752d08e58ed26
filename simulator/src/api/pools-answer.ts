import { usageAt } from '../cluster-usage.ts';
import { guestRows } from '../resources.ts';
import { lastTickMs } from '../world.ts';
import { die, forbidden } from './errors.ts';
import { type Answer, type Call, holds } from './route.ts';

/** Without `poolid` names only; with it a list of one, with its members. */
export function poolList(call: Call): Answer {
  const { world, values } = call;
  if (values.poolid === undefined) {
    const names = [...world.pools].filter(([poolid]) => holds(call, `/pool/${poolid}`, 'Pool.Audit'));
    return { data: names.map(([poolid, comment]) => (comment === '' ? { poolid } : { poolid, comment })) };
  }
  const poolid = String(values.poolid);
  if (!holds(call, `/pool/${poolid}`, 'Pool.Audit')) forbidden(`/pool/${poolid}`, ['Pool.Audit']);
  const comment = world.pools.get(poolid);
  if (comment === undefined) return die(`pool '${poolid}' does not exist`);
  const rows = guestRows(world, call.pve, usageAt(world, lastTickMs(world)));
  const members = rows
    .filter((row) => row.pool === poolid && (values.type === undefined || row.type === values.type))
    .map(({ pool: _, ...row }) => row);
  return { data: [{ poolid, ...(comment === '' ? {} : { comment }), members }] };
}
