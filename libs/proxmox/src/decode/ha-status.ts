import { z } from 'zod';
import { sidVmid } from './ha.ts';
import { flag, flagOrNull, instantOrNull, text, textOrNull } from './values.ts';

const Quorum = z.object({ type: z.literal('quorum'), quorate: flag });
const Master = z.object({ type: z.literal('master'), node: text, status: text, timestamp: instantOrNull });
const Lrm = z.object({ type: z.literal('lrm'), node: text, status: text, timestamp: instantOrNull });
const Fencing = z.object({ type: z.literal('fencing'), 'armed-state': textOrNull });
const Service = z.object({
  type: z.literal('service'),
  sid: text,
  node: textOrNull,
  state: textOrNull,
  crm_state: textOrNull,
  request_state: textOrNull,
  group: textOrNull,
  failback: flagOrNull,
});
const Other = z.object({ type: z.string() }).transform(() => null);

/** `GET /cluster/ha/status/current`. */
export const HaStatus = z.array(z.union([Quorum, Master, Lrm, Fencing, Service, Other])).transform((rows) => {
  const master = rows.find((row) => row?.type === 'master');
  return {
    /** null: not told */
    quorate: rows.find((row) => row?.type === 'quorum')?.quorate ?? null,
    master: master === undefined ? null : agent(master),
    /** The agent on every node; `state`: `active`, `idle`, `maintenance mode`, `old timestamp - dead?`, … */
    agents: rows.filter((row) => row?.type === 'lrm').map(agent),
    /** `armed`, `standby`, `disarming`, `disarmed`; null before 9.1 */
    armedState: rows.find((row) => row?.type === 'fencing')?.['armed-state'] ?? null,
    services: rows
      .filter((row) => row?.type === 'service')
      .map((row) => ({
        sid: row.sid,
        vmid: sidVmid(row.sid),
        node: row.node,
        state: row.state ?? 'unknown',
        crmState: row.crm_state,
        requestState: row.request_state,
        /** Proxmox VE 8 */
        group: row.group,
        failback: row.failback,
      })),
  };
});
export type HaStatus = z.infer<typeof HaStatus>;

/** `pve1 (active, watchdog active, Tue Sep 29 …)`: the first word between the brackets. */
const agent = ({ node, status, timestamp }: { node: string; status: string; timestamp: Date | null }) => ({
  node,
  state: /\(([^,)]+)/.exec(status)?.[1] ?? status,
  seenAt: timestamp,
});
