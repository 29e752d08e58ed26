import type { Settings } from '@proxbalance/contracts';
import type { Message } from '../message.ts';

type Providers = Settings['automated_migrations']['notifications']['providers'];

/** A way to reach people. */
export type Provider<Name extends keyof Providers = keyof Providers> = {
  name: Name;
  /** Why it can't be used as configured; null: it can. */
  problem(config: Providers[Name]): string | null;
  /** Delivers once, unless `signal` ends it; throws `DeliveryError`. Gives the status it was answered with. */
  send(config: Providers[Name], message: Message, signal?: AbortSignal): Promise<number>;
};

/** A delivery that did not work. Says so without the address: an address may be a secret. */
export class DeliveryError extends Error {
  /** Whether trying again can help. */
  readonly permanent: boolean;
  /** What the receiver asked to wait, milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { permanent?: boolean; retryAfterMs?: number | null } = {}) {
    super(message);
    this.name = 'DeliveryError';
    this.permanent = options.permanent ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
