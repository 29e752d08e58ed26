import type { Problem } from '../../recommend/problem.ts';
import type { GuestFilter, Placed, Refusal } from '../filter.ts';
import { haManaged } from './ha-managed.ts';
import { ignoreTag } from './ignore-tag.ts';
import { immovable } from './immovable.ts';
import { locked } from './locked.ts';
import { migrating } from './migrating.ts';
import { passthroughDevice } from './passthrough-device.ts';
import { passthroughDisk } from './passthrough-disk.ts';
import { seasonal } from './seasonal-baseline.ts';
import { sourceHealthy } from './source-healthy.ts';
import { stopped } from './stopped.ts';
import { template } from './template.ts';
import { unknownState } from './unknown-parts.ts';
import { unsharedBindMount } from './unshared-bind-mount.ts';

/** What keeps a guest where it is whatever the load, in the order in which it is asked; the first refusal is told. */
export const guestFilters: readonly GuestFilter[] = [
  migrating,
  ignoreTag,
  unknownState,
  haManaged,
  template,
  stopped,
  locked,
  passthroughDisk,
  passthroughDevice,
  unsharedBindMount,
  immovable,
  seasonal,
];

/** The first reason for which a guest stays; null: it may move. */
export const refusal = (placed: Placed, problem: Problem): Refusal | null => {
  for (const filter of guestFilters) {
    const refused = filter.check(placed, problem);
    if (refused) return refused;
  }
  return null;
};

/** Whether its node needs the guest to go, as things stand after the moves so far. */
export const atEase = (placed: Placed, problem: Problem): Refusal | null => sourceHealthy.check(placed, problem);
