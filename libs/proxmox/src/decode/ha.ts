import { z } from 'zod';
import { flag, flagOrNull, instantOrNull, list, numberOrNull, recordOf, text, textOrNull, texts } from './values.ts';

/** `vm:100` or `ct:201` as a guest id; null for anything else. */
export const sidVmid = (sid: string): number | null => {
  const match = /^(?:vm|ct):(\d+)$/.exec(sid);
  return match === null ? null : Number(match[1]);
};

const HaResource = z
  .object({
    sid: text,
    state: textOrNull,
    group: textOrNull,
    max_restart: numberOrNull,
    max_relocate: numberOrNull,
    failback: flagOrNull,
    comment: textOrNull,
  })
  .transform((row) => ({
    sid: row.sid,
    vmid: sidVmid(row.sid),
    /** The state asked for: started, stopped, disabled, ignored */
    state: row.state === 'enabled' || row.state === null ? 'started' : row.state,
    /** Proxmox VE 8 */
    group: row.group,
    maxRestart: row.max_restart,
    maxRelocate: row.max_relocate,
    failback: row.failback,
    comment: row.comment,
  }));
export type HaResource = z.infer<typeof HaResource>;
/** `GET /cluster/ha/resources`. */
export const HaResources = z.array(HaResource);

/** `pve1:2,pve2` → node and priority; a higher priority is preferred. */
const priorities = list.transform((nodes) =>
  nodes.map((entry) => {
    const [node = '', priority] = entry.split(':');
    return { node, priority: priority === undefined ? 0 : Number(priority) };
  }),
);

const HaRule = z
  .object({
    rule: text,
    type: text,
    resources: list,
    nodes: priorities,
    strict: flag,
    affinity: z.enum(['positive', 'negative']).nullish(),
    disable: flag,
    comment: textOrNull,
    errors: z.unknown().optional(),
  })
  .transform((row) => ({
    rule: row.rule,
    /** `node-affinity` or `resource-affinity` */
    type: row.type,
    sids: row.resources,
    /** node-affinity only */
    nodes: row.nodes,
    strict: row.strict,
    /** resource-affinity only: positive = keep together, negative = keep apart */
    affinity: row.affinity ?? null,
    /** The HA manager goes by it: neither switched off nor in error */
    applied: !row.disable && (row.errors === undefined || row.errors === null),
    comment: row.comment,
  }));
export type HaRule = z.infer<typeof HaRule>;
/** `GET /cluster/ha/rules` (Proxmox VE 9). */
export const HaRules = z.array(HaRule);

const HaGroup = z
  .object({ group: text, nodes: priorities, restricted: flag, nofailback: flag, comment: textOrNull })
  .transform(({ nofailback, ...row }) => ({ ...row, failback: !nofailback }));
export type HaGroup = z.infer<typeof HaGroup>;
/** `GET /cluster/ha/groups` (Proxmox VE 8). */
export const HaGroups = z.array(HaGroup);

const HaService = z
  .object({ node: textOrNull, state: textOrNull, target: textOrNull })
  .transform((row) => ({ node: row.node, state: row.state ?? 'unknown', target: row.target }));
const Lrm = z
  .object({ mode: textOrNull, state: textOrNull, timestamp: instantOrNull })
  .transform((row) => ({ mode: row.mode, state: row.state, seenAt: row.timestamp }));
const Manager = z.preprocess(
  (value) => value ?? {},
  z.object({ master_node: textOrNull, node_status: recordOf(text), service_status: recordOf(HaService) }),
);

/** `GET /cluster/ha/status/manager_status`. All empty where HA was never used. */
export const HaManagerStatus = z.object({ manager_status: Manager, lrm_status: recordOf(Lrm) }).transform((row) => ({
  masterNode: row.manager_status.master_node,
  /** online, maintenance, unknown, fence, gone */
  nodeStates: row.manager_status.node_status,
  /** By sid. `target` is set while it moves */
  services: row.manager_status.service_status,
  lrm: row.lrm_status,
  /** In maintenance as either the manager or the node's own agent sees it */
  maintenanceNodes: [
    ...new Set([
      ...keysWhere(row.manager_status.node_status, (state) => state === 'maintenance'),
      ...keysWhere(row.lrm_status, ({ mode }) => mode === 'maintenance'),
    ]),
  ],
}));
export type HaManagerStatus = z.infer<typeof HaManagerStatus>;

const keysWhere = <T>(record: Record<string, T>, test: (value: T) => boolean): string[] =>
  Object.entries(record).flatMap(([key, value]) => (test(value) ? [key] : []));

/** What keeps a guest from a node: another one in the same negative affinity rule. */
export const BlockingResources = z
  .preprocess((value) => value ?? [], z.array(z.object({ sid: text, cause: textOrNull })))
  .describe('blocking-ha-resources');

/** `POST /cluster/ha/resources/{sid}/migrate`. Proxmox VE 8 answers null; 9 answers 200 even when the move is blocked. */
export const HaMigrateAnswer = z
  .object({ 'comigrated-resources': texts, 'blocking-resources': BlockingResources })
  .nullable()
  .transform((row) => ({
    /** sids that move along by a positive affinity rule */
    comigrated: row?.['comigrated-resources'] ?? [],
    /** Not empty: the HA manager will drop the request */
    blocking: row?.['blocking-resources'] ?? [],
  }));
export type HaMigrateAnswer = z.infer<typeof HaMigrateAnswer>;
