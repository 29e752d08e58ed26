import { isNine, type PveVersion } from '../pve-version.ts';

export const ADMINISTRATOR = 'Administrator';
export const DEFAULT_ROLE = 'ProxBalance';

/** Privileges by role name of Proxmox; `9:` and `8:` mark those of one generation. */
const GUEST_USER =
  'VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.PowerMgmt 9:VM.GuestAgent.Audit 9:VM.GuestAgent.FileRead 9:VM.GuestAgent.FileSystemMgmt 9:VM.GuestAgent.FileWrite';
const GUEST_ADMIN = `${GUEST_USER} VM.Allocate VM.Clone VM.Config.CPU VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options VM.Migrate VM.Snapshot VM.Snapshot.Rollback 8:VM.Monitor 9:VM.GuestAgent.Unrestricted 9:VM.Replicate`;
const STORES = 'Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit';
const USERS = 'Group.Allocate Realm.AllocateUser User.Modify';
const ADMIN = `${GUEST_ADMIN} ${STORES} ${USERS} Mapping.Audit Mapping.Use Pool.Allocate Pool.Audit SDN.Allocate SDN.Audit SDN.Use Sys.Audit Sys.Console Sys.Syslog 8:Permissions.Modify`;

const BUILT_IN: Record<string, string> = {
  NoAccess: '',
  Administrator: `${ADMIN} Mapping.Modify Permissions.Modify Realm.Allocate Sys.AccessNetwork Sys.Incoming Sys.Modify Sys.PowerMgmt`,
  PVEAdmin: ADMIN,
  PVEAuditor: 'Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit 9:VM.GuestAgent.Audit',
  PVEVMAdmin: GUEST_ADMIN,
  PVEVMUser: GUEST_USER,
  PVETemplateUser: 'VM.Audit VM.Clone',
  PVEDatastoreAdmin: STORES,
  PVEDatastoreUser: 'Datastore.AllocateSpace Datastore.Audit',
  PVEPoolAdmin: 'Pool.Allocate Pool.Audit',
  PVEPoolUser: 'Pool.Audit',
  PVESysAdmin: 'Sys.Audit Sys.Console Sys.Syslog 8:Permissions.Modify',
  PVEUserAdmin: USERS,
  PVESDNAdmin: 'SDN.Allocate SDN.Audit SDN.Use',
  PVESDNUser: 'SDN.Audit SDN.Use',
  PVEMappingAdmin: 'Mapping.Audit Mapping.Modify Mapping.Use',
  PVEMappingUser: 'Mapping.Audit Mapping.Use',
};

/** The role of the default token: custom, so it stands among the roles of the world. */
export const DEFAULT_PRIVILEGES =
  'VM.Audit VM.Migrate Sys.Audit Datastore.Audit Pool.Audit VM.Config.Options VM.PowerMgmt Sys.Modify Sys.Console Datastore.AllocateSpace VM.Config.Disk';

/** Built-in roles cannot be changed: Proxmox calls them special. */
export function isSpecialRole(role: string): boolean {
  return Object.hasOwn(BUILT_IN, role);
}

export function roleNames(custom: Map<string, Set<string>>): string[] {
  return [...new Set([...Object.keys(BUILT_IN), ...custom.keys()])];
}

const cache = new Map<string, Set<string>>();

/** The privileges of a role in one generation of Proxmox; an unknown role holds nothing. */
export function privilegesOfRole(role: string, pve: PveVersion, custom: Map<string, Set<string>>): Set<string> {
  const own = custom.get(role);
  if (own) return own;
  const generation = isNine(pve) ? '9' : '8';
  const key = `${generation}/${role}`;
  const known = cache.get(key) ?? new Set(privilegesIn(BUILT_IN[role] ?? '', generation));
  cache.set(key, known);
  return known;
}

function* privilegesIn(text: string, generation: string): Generator<string> {
  for (const word of text.split(' ')) {
    const [only, privilege = ''] = word.includes(':') ? word.split(':') : [generation, word];
    if (only === generation && privilege !== '') yield privilege;
  }
}
