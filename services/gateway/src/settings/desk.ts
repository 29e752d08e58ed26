import { type ErrorDetail, RefusedError, Settings, SettingsChanged } from '@proxbalance/contracts';
import { type Kit, maskSecrets, openSecrets, pause, sealSecrets, settingsDocument } from '@proxbalance/service-kit';
import { mergeSettings } from './merge.ts';
import { refuseForeignAddresses } from './stored-credentials.ts';

type Patch = Record<string, unknown>;
type Shown = { config: Settings; from_environment: string[] };
type SavedDocument = { value: unknown; revision: number };

/** Reads and changes the settings. Secrets never leave. */
export type SettingsDesk = {
  /** In force, with secrets as `***`, and the keys that the environment decides. */
  read(): Shown;
  /** Lays a patch, or what follows from the saved settings, over them, checks the whole, stores it, tells everyone. */
  change(wanted: Patch | ((saved: Settings) => Patch), actor: string): Promise<Shown>;
};

/** Somebody else may be first; each try begins with what they saved. */
const triesMax = 10;
/** How long a change waits until it is in force here, so that who reads next finds it. */
const inForceMaxMs = 1000;

export function openDesk(kit: Kit): SettingsDesk {
  const { bus, settings, log } = kit;
  const document = bus.document(settingsDocument);
  const fromEnvironment = Object.keys(settings.fromEnvironment);
  const shown = (value: Settings): Shown => ({
    config: maskSecrets(Settings, { ...value, ...settings.fromEnvironment }) as Settings,
    from_environment: fromEnvironment,
  });
  const saveOver = async (wanted: Patch | ((saved: Settings) => Patch)) => {
    const saved = await document.read();
    const before = readSaved(saved, kit);
    const asked = typeof wanted === 'function' ? wanted(before) : wanted;
    const patch = withoutEnvironmentKeys(asked, settings.fromEnvironment);
    refuseForeignAddresses(before, settings.fromEnvironment, patch);
    const after = validated(mergeSettings(Settings, before, patch));
    const sealed = sealSecrets(Settings, after, kit.secrets);
    return {
      after,
      keys: Object.keys(patch),
      revision: await document.write(sealed, saved?.revision ?? 0).catch(raceOr),
    };
  };
  return {
    read: () => shown(settings.current()),
    async change(wanted, actor) {
      const { after, keys, revision } = await again(() => saveOver(wanted));
      const change = { keys, revision, changed_by: actor };
      await bus
        .publish(SettingsChanged, change, { id: `settings.${revision}` })
        .catch((error: unknown) => log.warn({ err: error }, 'settings are saved, the change could not be told'));
      const deadline = Date.now() + inForceMaxMs;
      while (settings.revision() < revision && Date.now() < deadline) await pause(10);
      return shown(after);
    },
  };
}

/** Somebody else wrote between our reading and our writing. */
class RaceError extends RefusedError {}

function raceOr(error: unknown): never {
  if (error instanceof RefusedError && error.code === 'conflict') throw new RaceError(error.code, error.message);
  throw error;
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RaceError) || attempt >= triesMax) throw error;
    }
  }
}

/** What can't be read must not be written over: the secrets in it would be lost. */
function readSaved(saved: SavedDocument | null, { secrets, log }: Kit): Settings {
  try {
    return Settings.parse(saved ? openSecrets(Settings, saved.value, secrets) : {});
  } catch (error) {
    log.error({ err: error }, 'saved settings cannot be read');
    const ways = 'start with the secret key and the version they were saved with';
    throw new RefusedError('conflict', `the saved settings cannot be read: ${ways}`);
  }
}

function validated(value: unknown): Settings {
  const parsed = Settings.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new RefusedError(
    'invalid-input',
    details.map(({ path, message }) => `${path}: ${message}`).join('; '),
    details,
  );
}

/**
 * A saved value behind a variable would look accepted and do nothing. What says the same as the environment, or `***` for
 * its secret, changes nothing: what was read can be posted back.
 */
function withoutEnvironmentKeys(patch: Patch, fromEnvironment: Partial<Settings>): Patch {
  const decided = Object.entries(fromEnvironment);
  const shown = maskSecrets(Settings, fromEnvironment) as Patch;
  const isSame = (key: string, value: unknown) => [value, shown[key]].some((known) => isEqual(patch[key], known));
  const keys = decided.filter(([key, value]) => key in patch && !isSame(key, value)).map(([key]) => key);
  if (keys.length > 0) {
    const details: ErrorDetail[] = keys.map((path) => ({ path, message: 'is decided by the environment' }));
    throw new RefusedError('settings-from-environment', `decided by the environment: ${keys.join(', ')}`, details);
  }
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !Object.hasOwn(fromEnvironment, key)));
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
