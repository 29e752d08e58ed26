import { createHash } from 'node:crypto';
import { GuestTagsChanged, RefusedError, type TagState } from '@proxbalance/contracts';
import { deriveTags, type Proxmox, type ProxmoxLink, type ResourceGuest, readTags } from '@proxbalance/proxmox';
import type { Bus, Log } from '@proxbalance/service-kit';
import { tagsKey } from '../changes.ts';
import type { FreshTagsStore } from '../fresh-tags.ts';
import { brokerDown, proxmoxRefused } from './refusals.ts';

export type TagDeps = {
  link: Pick<ProxmoxLink, 'get'>;
  bus: Pick<Bus, 'publish'>;
  log: Log;
  now: () => Date;
  freshTags: FreshTagsStore;
};

type TagsWanted = { vmid: number; add: readonly string[]; remove: readonly string[] };

/** Changes tags where the guest is now, tells it at once, and sees to it that the next snapshot has them. */
export const editTags =
  (deps: TagDeps) =>
  async ({ vmid, add, remove }: TagsWanted): Promise<TagState> => {
    const proxmox = deps.link.get();
    const guest = await locate(proxmox, vmid).catch(proxmoxRefused);
    checkEdit(await tagsOf(proxmox, guest).catch(proxmoxRefused), add, remove);
    const written = await proxmox
      .editTags({ ...guest, edit: (tags) => edited(tags, add, remove) })
      .catch(proxmoxRefused);
    // Before the look: of two looks the one that began later has seen whatever was written before it, so its time is later.
    const readAt = deps.now();
    // Proxmox may sort and lower what it was given. The change is made, whether this look works or not.
    const tags = await tagsOf(proxmox, guest).catch(() => written);
    const state = stateOf(vmid, tags, readAt);
    const told = await tell(deps, state);
    await deps.freshTags.remember(vmid, { tags, readAt: readAt.getTime(), told }).catch((error: unknown) => {
      deps.log.warn({ err: error, vmid }, 'the next snapshot may show older tags for a moment');
    });
    return state;
  };

/**
 * A look at the guest's own configuration. If it shows other tags than who asks knows, everybody is told; if it shows others
 * than the last snapshot, the next one tells.
 */
export const refreshTags =
  (deps: TagDeps) =>
  async ({ vmid, known }: { vmid: number; known?: readonly string[] | undefined }): Promise<TagState> => {
    const proxmox = deps.link.get();
    const guest = await locate(proxmox, vmid).catch(proxmoxRefused);
    const readAt = deps.now();
    const tags = await tagsOf(proxmox, guest).catch(proxmoxRefused);
    const state = stateOf(vmid, tags, readAt);
    const isNews = known !== undefined && tagsKey(known) !== tagsKey(state.parsed.all_tags);
    const told = isNews && (await tell(deps, state));
    await deps.freshTags.remember(vmid, { tags, readAt: readAt.getTime(), told }).catch(brokerDown);
    return state;
  };

type Place = Pick<ResourceGuest, 'vmid' | 'node' | 'kind'>;

async function locate(proxmox: Proxmox, vmid: number): Promise<Place> {
  const { guests } = await proxmox.clusterResources();
  const found = guests.find((row) => row.vmid === vmid);
  if (!found) throw new RefusedError('guest-not-found', `there is no guest ${vmid}`);
  return { vmid, node: found.node, kind: found.kind };
}

const tagsOf = async (proxmox: Proxmox, { node, kind, vmid }: Place): Promise<string[]> =>
  readTags((await proxmox.guestConfig(node, kind, vmid)).raw.tags);

/** Asked once, before anything is written: a repeated attempt finds its own tag and must not stumble over it. */
function checkEdit(tags: readonly string[], add: readonly string[], remove: readonly string[]): void {
  const present = lower(tags);
  const twice = add.find((tag) => present.has(tag.toLowerCase()));
  if (twice !== undefined) {
    const message = `the guest has the tag '${twice}' already`;
    throw new RefusedError('invalid-input', message, [{ path: 'tag', message }]);
  }
  const absent = remove.find((tag) => !present.has(tag.toLowerCase()));
  if (absent !== undefined) throw new RefusedError('tag-not-found', `the guest has no tag '${absent}'`);
}

/** Of tags that differ in case alone the first stays. */
export function edited(tags: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  const gone = lower(remove);
  const after = tags.filter((tag) => !gone.has(tag.toLowerCase()));
  for (const tag of add) if (!lower(after).has(tag.toLowerCase())) after.push(tag);
  return after;
}

const lower = (tags: readonly string[]): Set<string> => new Set(tags.map((tag) => tag.toLowerCase()));

const stateOf = (vmid: number, tags: string[], readAt: Date): TagState => ({
  vmid,
  tags,
  parsed: deriveTags(tags),
  read_at: readAt.toISOString(),
});

/** The change is made: that nobody could be told is no failure of it, the next snapshot tells then. */
async function tell({ bus, log }: TagDeps, state: TagState): Promise<boolean> {
  const id = createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 32);
  try {
    await bus.publish(GuestTagsChanged, state, { id, subject: String(state.vmid) });
    return true;
  } catch (error) {
    log.warn({ err: error, vmid: state.vmid }, 'changed tags could not be told at once');
    return false;
  }
}
