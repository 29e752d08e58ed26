import { z } from 'zod';
import { parseVersion } from '../features.ts';
import {
  flag,
  flagOrNull,
  list,
  number,
  numberOrNull,
  properties,
  recordOf,
  text,
  textOrNull,
  texts,
} from './values.ts';

/** `GET /version`: of the node that answered, in a mixed cluster not of all. `GET /nodes/{node}/version`: of that one. */
export const Version = z.object({ version: text, release: textOrNull, repoid: textOrNull }).transform((row) => {
  const { major, minor } = parseVersion(row.version) ?? { major: 0, minor: 0 };
  return { version: row.version, release: row.release, repoid: row.repoid, major, minor };
});
export type Version = z.infer<typeof Version>;

const ClusterRow = z.object({ type: z.literal('cluster'), name: text, quorate: flag, version: numberOrNull });
const NodeRow = z.object({
  type: z.literal('node'),
  name: text,
  nodeid: number,
  ip: textOrNull,
  local: flag,
  online: flag,
});
const OtherRow = z.object({ type: z.string() }).transform(() => null);

/** `GET /cluster/status`. */
export const ClusterStatus = z.array(z.union([ClusterRow, NodeRow, OtherRow])).transform((rows) => {
  const cluster = rows.find((row) => row?.type === 'cluster');
  const nodes = rows.filter((row) => row?.type === 'node');
  const standalone = cluster === undefined && nodes.length === 1;
  return {
    /** null on a standalone host */
    name: cluster?.name ?? null,
    standalone,
    /** A standalone host is its own quorum; null: not told */
    quorate: cluster?.quorate ?? (standalone ? true : null),
    nodes: nodes.map(({ name, nodeid, ip, local, online }) => ({ name, nodeId: nodeid, ip, local, online })),
  };
});
export type ClusterStatus = z.infer<typeof ClusterStatus>;

const numberIn = (value: unknown): number | null => {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
};

const Crs = properties.transform((raw) => ({
  /** `basic`, `static` or `dynamic` */
  ha: typeof raw.ha === 'string' ? raw.ha : 'basic',
  haRebalanceOnStart: Number(raw['ha-rebalance-on-start'] ?? 0) === 1,
  /** Proxmox VE's own balancer (9.2) */
  haAutoRebalance: Number(raw['ha-auto-rebalance'] ?? 0) === 1,
  /** When and how it acts; null: Proxmox's default. */
  threshold: numberIn(raw['ha-auto-rebalance-threshold']),
  margin: numberIn(raw['ha-auto-rebalance-margin']),
  holdDuration: numberIn(raw['ha-auto-rebalance-hold-duration']),
  method: typeof raw['ha-auto-rebalance-method'] === 'string' ? raw['ha-auto-rebalance-method'] : null,
  raw,
}));

const MigrationOptions = properties.transform((raw) => ({
  type: typeof raw.type === 'string' ? raw.type : 'secure',
  network: typeof raw.network === 'string' ? raw.network : null,
}));

const TagStyle = properties.transform((raw) => ({
  ordering: raw.ordering === 'config' ? ('config' as const) : ('alphabetical' as const),
  caseSensitive: Number(raw['case-sensitive'] ?? 0) === 1,
}));

const TagAccess = properties.transform((raw) => ({
  /** `free`, `list`, `existing` or `none` */
  userAllow: typeof raw['user-allow'] === 'string' ? raw['user-allow'] : 'free',
  list: list
    .catch([])
    .parse(Array.isArray(raw['user-allow-list']) ? raw['user-allow-list'].join(';') : raw['user-allow-list']),
}));

/** `GET /cluster/options`. Without Sys.Audit on / only the tag parts are there and the rest shows its defaults. */
export const ClusterOptions = z
  .object({
    crs: Crs,
    migration: MigrationOptions,
    'tag-style': TagStyle,
    'user-tag-access': TagAccess,
    'registered-tags': texts,
    'allowed-tags': texts,
    bwlimit: textOrNull,
    max_workers: numberOrNull,
  })
  .transform((row) => ({
    crs: row.crs,
    migration: row.migration,
    tagStyle: row['tag-style'],
    userTagAccess: row['user-tag-access'],
    registeredTags: row['registered-tags'],
    allowedTags: row['allowed-tags'],
    /** `migration=1048576,…` in KiB/s, as written */
    bwlimit: row.bwlimit,
    maxWorkers: row.max_workers,
  }));
export type ClusterOptions = z.infer<typeof ClusterOptions>;

/** `GET /access/permissions`: path, then privilege. A key that is there is held; its value says whether children inherit it. */
export const Permissions = recordOf(recordOf(flagOrNull.transform((propagate) => propagate ?? false)));
export type Permissions = z.infer<typeof Permissions>;
