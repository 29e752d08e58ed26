import {
  type HaGroup,
  HaGroups,
  HaManagerStatus,
  HaMigrateAnswer,
  type HaResource,
  HaResources,
  type HaRule,
  HaRules,
} from '../decode/ha.ts';
import { HaStatus } from '../decode/ha-status.ts';
import { isProxmoxError } from '../errors.ts';
import type { Http } from '../http/http.ts';

/** Calls about high availability. */
export type HaApi = {
  haResources: () => Promise<HaResource[]>;
  /** null before Proxmox VE 9, which has groups instead. */
  haRules: () => Promise<HaRule[] | null>;
  /** null once the groups have been turned into rules (Proxmox VE 9). */
  haGroups: () => Promise<HaGroup[] | null>;
  haManagerStatus: () => Promise<HaManagerStatus>;
  /** The same for people: who leads, what each node's agent does, where every guest is. */
  haStatus: () => Promise<HaStatus>;
  /** Asks the HA manager to move a guest; it does so (or silently does not) within its next rounds. Needs Sys.Console on /. */
  haMigrate: (sid: string, node: string) => Promise<HaMigrateAnswer>;
};

export const haApi = (http: Http): HaApi => ({
  haResources: () => http.get('/cluster/ha/resources', HaResources),
  haRules: () => http.get('/cluster/ha/rules', HaRules).catch(unlessMissing),
  haGroups: () => http.get('/cluster/ha/groups', HaGroups).catch(unlessMissing),
  haManagerStatus: () => http.get('/cluster/ha/status/manager_status', HaManagerStatus),
  haStatus: () => http.get('/cluster/ha/status/current', HaStatus),
  haMigrate: (sid, node) => http.send('POST', '/cluster/ha/resources/{sid}/migrate', HaMigrateAnswer, { sid, node }),
});

/** 8 does not know rules (501); 9 answers 500 for groups once it has turned them into rules. */
const unlessMissing = (error: unknown): null => {
  if (isProxmoxError(error, 'not-implemented')) return null;
  if (isProxmoxError(error, 'refused') && error.reason.includes('migrated to rules')) return null;
  throw error;
};
