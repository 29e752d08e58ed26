import { defaultSettings, Settings } from '@proxbalance/contracts';
import type { Bus } from './bus/bus.ts';
import type { Log } from './log.ts';
import { openSecrets, type SecretBox } from './secrets.ts';

/** The settings as they are now, secrets opened. Changes arrive by themselves. */
export type SettingsView = {
  current(): Settings;
  revision(): number;
  /** Called after each change, and once when the first document was read. */
  onChange(listener: (settings: Settings) => void): void;
  /** Resolves when the document was read for the first time. */
  ready: Promise<void>;
};

export const settingsDocument = 'settings';

export function watchSettings(bus: Bus, box: SecretBox, log: Log, signal: AbortSignal): SettingsView {
  let current = defaultSettings();
  let revision = 0;
  const listeners = new Set<(settings: Settings) => void>();
  let markReady = () => {};
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  bus.document(settingsDocument).watch(
    (document) => {
      const read = document ? readDocument(document.value, box, log) : defaultSettings();
      if (!read) return;
      current = read;
      revision = document?.revision ?? 0;
      markReady();
      for (const listener of listeners) listener(current);
    },
    signal,
    log,
  );
  return {
    current: () => current,
    revision: () => revision,
    onChange: (listener) => void listeners.add(listener),
    ready,
  };
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
