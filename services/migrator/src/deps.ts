import type { Settings } from '@proxbalance/contracts';
import type { ProxmoxLink } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import type { Announce } from './announce.ts';
import type { Outcomes } from './outcomes/outcomes.ts';
import type { Store } from './store/store.ts';

/** What the steps of a migration work with. */
export type Deps = {
  store: Store;
  link: ProxmoxLink;
  announce: Announce;
  outcomes: Pick<Outcomes, 'lookBefore' | 'begin'>;
  settings: () => Settings;
  log: Log;
  now: () => Date;
  /** Aborted when the service stops: a move that is followed is then left to the next process. */
  signal: AbortSignal;
  pollMs: number;
};
