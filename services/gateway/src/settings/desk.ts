import { type ErrorDetail, RefusedError, Settings, SettingsChanged } from '@proxbalance/contracts';
import { type Kit, maskSecrets, openSecrets, sealSecrets, settingsDocument } from '@proxbalance/service-kit';
import { mergeSettings } from './merge.ts';

type Patch = Record<string, unknown>;

/** Reads and changes the settings. Secrets never leave. */
export type SettingsDesk = {
  /** In force, with secrets as `***`, and the keys that the environment decides. */
  read(): { config: Settings; from_environment: string[] };
  /** Lays a patch over what is saved, checks the whole, stores it, tells everyone. */
  change(patch: Patch, actor: string): Promise<{ config: Settings; from_environment: string[] }>;
};

const triesMax = 3;

export function openDesk(kit: Kit): SettingsDesk {
  const { bus, secrets, settings, log } = kit;
  const document = bus.document(settingsDocument);
  const fromEnvironment = Object.keys(settings.fromEnvironment);
  const shown = (value: Settings) => ({
    config: maskSecrets(Settings, { ...value, ...settings.fromEnvironment }) as Settings,
    from_environment: fromEnvironment,
  });
  const changeOnce = async (patch: Patch, actor: string): Promise<Settings> => {
    const saved = await document.read();
    const before = Settings.parse(saved ? openSecrets(Settings, saved.value, secrets) : {});
    refuseForeignHost(before, patch);
    const after = validated(mergeSettings(Settings, before, patch));
    const revision = await document.write(sealSecrets(Settings, after, secrets), saved?.revision ?? 0);
    const keys = Object.keys(patch);
    await bus
      .publish(SettingsChanged, { keys, revision, changed_by: actor }, { id: `settings.${revision}.${Date.parse(new Date().toISOString())}` })
      .catch((error: unknown) => log.warn({ err: error }, 'settings are saved, the change could not be told'));
    return after;
  };
  return {
    read: () => shown(settings.current()),
    async change(patch, actor) {
      refuseEnvironmentKeys(patch, settings.fromEnvironment);
      for (let attempt = 1; ; attempt++) {
        try {
          return shown(await changeOnce(patch, actor));
        } catch (error) {
          const isRace = error instanceof RefusedError && error.code === 'conflict';
          if (!isRace || attempt >= triesMax) throw error;
        }
      }
    },
  };
}

function validated(value: unknown): Settings {
  const parsed = Settings.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new RefusedError('invalid-input', details.map((detail) => `${detail.path}: ${detail.message}`).join('; '), details);
}

/** A saved value behind a variable would look accepted and do nothing. */
function refuseEnvironmentKeys(patch: Patch, fromEnvironment: Partial<Settings>): void {
  const details: ErrorDetail[] = Object.keys(patch)
    .filter((key) => key in fromEnvironment)
    .map((path) => ({ path, message: 'is decided by the environment' }));
  if (details.length === 0) return;
  throw new RefusedError('settings-from-environment', `decided by the environment: ${details.map((detail) => detail.path).join(', ')}`, details);
}

/** A stored secret is only ever sent to the address it was stored for. */
function refuseForeignHost(before: Settings, patch: Patch): void {
  const host = patch.proxmox_host;
  const secret = patch.proxmox_api_token_secret;
  if (host === undefined || host === before.proxmox_host || before.proxmox_api_token_secret === '') return;
  if (typeof secret === 'string' && secret !== '***') return;
  const path = 'proxmox_api_token_secret';
  throw new RefusedError('invalid-input', 'a new proxmox_host needs its token secret given again', [{ path, message: 'must be given again with a new proxmox_host' }]);
}
