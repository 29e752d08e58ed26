import { defaultSettings, Settings } from '@proxbalance/contracts';
import type { Bus } from './bus/bus.ts';
import type { Log } from './log.ts';
import { openSecrets } from './secret-fields.ts';
import type { SecretBox } from './secrets.ts';

/** The settings as they are now, secrets opened. Changes arrive by themselves. */
export type SettingsView = {
  current(): Settings;
  revision(): number;
  /** What the environment decides, and so can't be changed here. */
  fromEnvironment: Partial<Settings>;
  /** Called after each change from now on; `current()` has what is in force already. */
  onChange(listener: (settings: Settings) => void): void;
  /** Resolves when the document was read for the first time. */
  ready: Promise<void>;
};

export const settingsDocument = 'settings';

export function watchSettings(parts: {
  bus: Bus;
  box: SecretBox;
  log: Log;
  signal: AbortSignal;
  fromEnvironment: Partial<Settings>;
}): SettingsView {
  const { bus, box, log, signal, fromEnvironment } = parts;
  let current: Settings = { ...defaultSettings(), ...fromEnvironment };
  let revision = 0;
  const listeners = new Set<(settings: Settings) => void>();
  let markReady = () => {};
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  bus.document(settingsDocument).watch(
    (document) => {
      const read = document ? readDocument(document.value, box, log) : defaultSettings();
      if (!read) return markReady();
      current = { ...read, ...fromEnvironment };
      revision = document?.revision ?? 0;
      markReady();
      for (const listener of listeners) tell(listener, current, log);
    },
    signal,
    log,
  );
  return {
    fromEnvironment,
    current: () => current,
    revision: () => revision,
    onChange: (listener) => void listeners.add(listener),
    ready,
  };
}

/** One listener that throws keeps nothing from the others. */
function tell(listener: (settings: Settings) => void, settings: Settings, log: Log): void {
  try {
    listener(settings);
  } catch (error) {
    log.error({ err: error }, 'a change of the settings could not be applied');
  }
}

/** A document that can't be read leaves the settings as they were: half-understood settings are never acted upon. */
function readDocument(value: unknown, box: SecretBox, log: Log): Settings | null {
  try {
    return Settings.parse(openSecrets(Settings, value, box));
  } catch (error) {
    log.error({ err: error }, 'saved settings cannot be read (another secret key?): keeping the ones in force');
    return null;
  }
}
