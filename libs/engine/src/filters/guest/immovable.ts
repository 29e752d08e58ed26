import { type SkippedGuest, skipReasons } from '@proxbalance/contracts';
import type { GuestFilter } from '../filter.ts';

/** The collector found a reason for which Proxmox would refuse to move the guest. */
export const immovable: GuestFilter = {
  name: 'immovable',
  summary: 'The collector found a reason for which Proxmox would refuse to move the guest',
  check: ({ guest, source }) => {
    const { movable, status } = guest;
    if (status === 'running' ? movable.online : movable.offline) return null;
    const binding = movable.reasons.filter(({ code }) => !(source.maintenance && waived.has(reasonOf(code))));
    if (binding.length === 0 && movable.reasons.length > 0) return null;
    const [first] = binding;
    if (!first) return { reason: 'unknown_state', detail: 'Not known to be movable' };
    return { reason: reasonOf(first.code), detail: binding.map((one) => one.detail).join('; ') };
  },
};

/** Reasons that maintenance overrules. */
const waived: ReadonlySet<string> = new Set(['has_ignore_tag', 'ha_managed', 'stopped', 'unshared_bind_mount']);

const reasonOf = (code: string): SkippedGuest['reason'] => {
  const name = code.replaceAll('-', '_');
  return skipReasons.find((reason) => reason === name) ?? 'unknown_state';
};
