import { RefusedError, type Settings } from '@proxbalance/contracts';
import { mask } from '@proxbalance/service-kit';

type Patch = Record<string, unknown>;

/** A stored secret is only ever sent to the address it was stored for: another address needs it given again. */
export function refuseForeignAddresses(before: Settings, fromEnvironment: Partial<Settings>, patch: Patch): void {
  refuseForeignHost(before, fromEnvironment, patch);
  refuseForeignWebhook(before, patch);
}

/** Hosts may be taken away, and the first one may be set; none may be added on the strength of a secret that is there. */
function refuseForeignHost(before: Settings, fromEnvironment: Partial<Settings>, patch: Patch): void {
  const known = hostsOf(before.proxmox_host);
  const added = hostsOf(patch.proxmox_host).filter((host) => !known.includes(host));
  const isSaved = before.proxmox_api_token_secret !== '';
  const isFixed = fromEnvironment.proxmox_api_token_secret !== undefined && known.length > 0;
  if (added.length === 0 || (!isSaved && !isFixed) || isGiven(patch.proxmox_api_token_secret)) return;
  const path = 'proxmox_api_token_secret';
  refuse(path, 'a new proxmox_host needs its token secret given again', 'must be given again with a new proxmox_host');
}

function refuseForeignWebhook(before: Settings, patch: Patch): void {
  const stored = before.automated_migrations.notifications.providers.webhook;
  const path = ['automated_migrations', 'notifications', 'providers', 'webhook'];
  const given = path.reduce<unknown>(partOf, patch) as Partial<typeof stored> | undefined;
  if (!isGiven(given?.url) || Object.keys(stored.headers).length === 0) return;
  if (originOf(given.url) === originOf(stored.url)) return;
  const headers = given.headers;
  if (headers && Object.values(headers).every(isGiven)) return;
  const where = `${path.join('.')}.headers`;
  refuse(where, 'a new webhook address needs its headers given again', 'must be given again with a new url');
}

function refuse(path: string, message: string, detail: string): never {
  throw new RefusedError('invalid-input', message, [{ path, message: detail }]);
}

const hostsOf = (list: unknown): string[] =>
  typeof list === 'string' && list !== '' ? list.split(',').map((host) => host.trim().toLowerCase()) : [];

const partOf = (value: unknown, name: string): unknown => (value as Patch | undefined)?.[name];

/** Anything but "keep it". */
const isGiven = (value: unknown): value is string => typeof value === 'string' && value !== mask;

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '');
