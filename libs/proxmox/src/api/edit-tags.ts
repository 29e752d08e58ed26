import { setTimeout as delay } from 'node:timers/promises';
import { isProxmoxError, ProxmoxError } from '../errors.ts';
import { isTag, readTags } from '../tags.ts';
import type { GuestApi, GuestKind } from './guests.ts';

export type TagEdit = {
  node: string;
  kind: GuestKind;
  vmid: number;
  /** From the tags a guest has to those it shall have. Called again when somebody else was faster: must not keep state. */
  edit: (tags: string[]) => string[];
};

type Config = Pick<GuestApi, 'guestConfig' | 'setGuestConfig'>;

const ATTEMPTS_MAX = 12;
const PAUSE_MAX_MS = 500;

/**
 * Gives the tags as they were written. Writes on the condition that nobody has since the reading, so it may begin anew when
 * somebody has, and when the fate of its own write is unknown: the next reading tells.
 */
export const editTags = async (config: Config, { node, kind, vmid, edit }: TagEdit): Promise<string[]> => {
  for (let attempt = 1; ; attempt += 1) {
    const { raw, digest } = await config.guestConfig(node, kind, vmid);
    const before = readTags(raw.tags);
    const after = [...new Set(edit([...before]))];
    if (after.join(';') === before.join(';')) return before;
    check(after, digest);
    const changes = after.length === 0 ? { delete: 'tags' } : { tags: after.join(';') };
    try {
      await config.setGuestConfig(node, kind, vmid, changes, digest);
      return after;
    } catch (error) {
      if (!mayBeginAnew(error) || attempt === ATTEMPTS_MAX) throw error;
    }
    await delay(Math.random() * Math.min(PAUSE_MAX_MS, 20 * 2 ** attempt));
  }
};

const mayBeginAnew = (error: unknown): boolean =>
  isProxmoxError(error, 'outcome-unknown') ||
  (isProxmoxError(error, 'refused') && error.reason.includes('detected modified configuration'));

/** Without a digest a change of somebody else would be lost. */
function check(tags: string[], digest: string | null): asserts digest is string {
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined) throw refusal('parameter', `'${wrong}' is not a tag: letters, digits, _ and then + . - too`);
  if (digest === null) throw refusal('protocol', 'a guest configuration without a digest');
}

const refusal = (kind: 'parameter' | 'protocol', reason: string): ProxmoxError =>
  new ProxmoxError({
    kind,
    reason,
    fields: kind === 'parameter' ? { tags: reason } : undefined,
    host: '',
    method: 'PUT',
    path: '/nodes/{node}/{kind}/{vmid}/config',
  });
