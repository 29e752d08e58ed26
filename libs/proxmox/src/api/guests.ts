import { z } from 'zod';
import { AgentInfo } from '../decode/agent.ts';
import { GuestConfig, GuestStatus, type Snapshot, Snapshots } from '../decode/guest.ts';
import { MigratePreconditions } from '../decode/preconditions.ts';
import { type GuestSample, GuestSamples } from '../decode/rrd.ts';
import { isProxmoxError } from '../errors.ts';
import type { Features } from '../features.ts';
import type { Params } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { formatStorageMap, type StorageMap } from '../storage-map.ts';
import { editTags, type TagEdit } from './edit-tags.ts';
import type { Timeframe } from './nodes.ts';

/** Virtual machine or container, as Proxmox calls them. */
export type GuestKind = 'qemu' | 'lxc';

export type MigrateRequest = {
  /** Where the guest is now. */
  node: string;
  kind: GuestKind;
  vmid: number;
  target: string;
  /** VMs: required for a running one, without effect on a stopped one. */
  online: boolean;
  /** VMs: copy disks that are on storage which is not shared. */
  withLocalDisks: boolean;
  /** Containers: required for a running one, which is stopped and started. */
  restart: boolean;
  /** VMs: what the firewall knows of open connections goes along, where both nodes can. */
  withConntrackState?: boolean;
  /** Containers: how long the shutdown may take before the migration is given up. Default 180. */
  shutdownTimeoutSeconds?: number;
  targetStorage?: StorageMap;
  /** KiB per second. */
  bwlimitKib?: number;
};

/** Calls about one guest. All but `guestRrd` are answered by the guest's node: kind `node-unreachable` when it is down. */
export type GuestApi = {
  /** As it is in force: what waits for a restart is not in it, what a running guest still has is. */
  guestConfig: (node: string, kind: GuestKind, vmid: number) => Promise<GuestConfig>;
  /** Writes configuration keys at once; with `digest`, only if nobody has written since. Kind `refused` otherwise. */
  setGuestConfig: (
    node: string,
    kind: GuestKind,
    vmid: number,
    changes: Record<string, string | number>,
    digest?: string,
  ) => Promise<void>;
  /** Changes tags without losing what somebody else changes at the same time; gives them as written. Kind `parameter` for none. */
  editTags: (request: TagEdit) => Promise<string[]>;
  guestStatus: (node: string, kind: GuestKind, vmid: number) => Promise<GuestStatus>;
  guestSnapshots: (node: string, kind: GuestKind, vmid: number) => Promise<Snapshot[]>;
  guestRrd: (node: string, kind: GuestKind, vmid: number, timeframe: Timeframe) => Promise<GuestSample[]>;
  /** null where Proxmox cannot tell: containers before 9.1. */
  migratePreconditions: (
    node: string,
    kind: GuestKind,
    vmid: number,
    target?: string,
  ) => Promise<MigratePreconditions | null>;
  /**
   * Gives the UPID of the task: accepted, nothing more. For an HA guest the task only hands the request on. `known`: what
   * the source node (and the target, see `commonFeatures`) knows; what is not in there is not asked for, rather than refused.
   */
  migrateGuest: (request: MigrateRequest, known?: Features) => Promise<string>;
  /** `shutdown` asks the guest, `stop` pulls the plug. Gives the UPID of the task. */
  guestPower: (node: string, kind: GuestKind, vmid: number, action: GuestPower) => Promise<string>;
  /** null when the VM is not running, or has no agent that answers. Needs VM.Monitor, on 9 VM.GuestAgent.Audit. */
  agentInfo: (node: string, vmid: number) => Promise<AgentInfo | null>;
};

export type GuestPower = 'start' | 'shutdown' | 'stop';

const GUEST = '/nodes/{node}/{kind}/{vmid}';
const Upid = z.string().startsWith('UPID:');

export const guestApi = (http: Http): GuestApi => {
  const config: Pick<GuestApi, 'guestConfig' | 'setGuestConfig'> = {
    guestConfig: (node, kind, vmid) => http.get(`${GUEST}/config`, GuestConfig, { node, kind, vmid, current: true }),
    setGuestConfig: async (node, kind, vmid, changes, digest) => {
      await http.send('PUT', `${GUEST}/config`, z.unknown(), { ...changes, digest, node, kind, vmid });
    },
  };
  return {
    ...config,
    editTags: (request) => editTags(config, request),
    guestStatus: (node, kind, vmid) => http.get(`${GUEST}/status/current`, GuestStatus, { node, kind, vmid }),
    guestSnapshots: (node, kind, vmid) => http.get(`${GUEST}/snapshot`, Snapshots, { node, kind, vmid }),
    guestRrd: (node, kind, vmid, timeframe) =>
      http.get(`${GUEST}/rrddata`, GuestSamples, { node, kind, vmid, timeframe, cf: 'AVERAGE' }),
    migratePreconditions: (node, kind, vmid, target) =>
      http.get(`${GUEST}/migrate`, MigratePreconditions, { node, kind, vmid, target }).catch((error: unknown) => {
        if (kind === 'lxc' && isProxmoxError(error, 'not-implemented')) return null;
        throw error;
      }),
    migrateGuest: async (request, known) => http.send('POST', `${GUEST}/migrate`, Upid, migrateParams(request, known)),
    guestPower: (node, kind, vmid, action) =>
      http.send('POST', `${GUEST}/status/{action}`, Upid, { node, kind, vmid, action }),
    agentInfo: (node, vmid) =>
      http.get('/nodes/{node}/qemu/{vmid}/agent/info', AgentInfo, { node, vmid }).catch((error: unknown) => {
        if (isProxmoxError(error, 'refused') && /guest agent|is not running/i.test(error.reason)) return null;
        throw error;
      }),
  };
};

/** The two kinds of guest take different words for the same thing. */
const migrateParams = (request: MigrateRequest, known: Features | undefined): Params => {
  const { node, kind, vmid, target, bwlimitKib: bwlimit } = request;
  const common = { node, kind, vmid, target, bwlimit };
  const storage = request.targetStorage && formatStorageMap(request.targetStorage);
  return kind === 'qemu'
    ? {
        ...common,
        online: request.online || undefined,
        'with-local-disks': request.withLocalDisks || undefined,
        'with-conntrack-state': (known?.conntrackState && request.withConntrackState) || undefined,
        targetstorage: storage,
      }
    : {
        ...common,
        restart: request.restart || undefined,
        timeout: request.shutdownTimeoutSeconds,
        'target-storage': storage,
      };
};
