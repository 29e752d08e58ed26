import {
  DeleteGuestTag,
  EditTags,
  GetAffinityGroups,
  GetGuestTags,
  PostGuestTag,
  PostRefreshTags,
  RefreshTags,
  RefusedError,
  type TagState,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { affinityGroups } from '../read-models/affinity-groups.ts';

type Change = { vmid: number; add: string[]; remove: string[]; requested_by: string };

/** Tags are compared without case, as Proxmox does, and shown in lower case. */
export function tagRoutes(server: FastifyInstance, { kit, snapshots }: Deps): void {
  const put = (state: TagState): string[] => {
    snapshots.putTags(state);
    return state.parsed.all_tags;
  };
  const refresh = async (vmid: number): Promise<TagState> => answerOf(await kit.bus.ask(RefreshTags, { vmid }));
  const edit = async (change: Change): Promise<string[]> => put(answerOf(await kit.bus.ask(EditTags, change)));
  /** What the read model has may have been changed in Proxmox meanwhile, so nobody is refused for that alone. */
  const has = async (vmid: number, tag: string, expected: boolean): Promise<boolean> => {
    const known = snapshots.guest(vmid).tags?.all_tags;
    if (known && known.includes(tag) === expected) return expected;
    return put(await refresh(vmid)).includes(tag);
  };

  endpoint(server, GetGuestTags, async ({ params: { vmid } }) => {
    const tags = snapshots.guest(vmid).tags?.all_tags ?? put(await refresh(vmid));
    return success({ vmid, tags });
  });
  endpoint(server, PostGuestTag, async ({ params: { vmid }, body, actor }) => {
    const tag = body.tag.toLowerCase();
    if (await has(vmid, tag, false)) throw alreadyThere(vmid, tag);
    const tags = await edit({ vmid, add: [body.tag], remove: [], requested_by: actor });
    return success({ message: `${tag} added to ${vmid}`, tags });
  });
  endpoint(server, DeleteGuestTag, async ({ params: { vmid, tag: given }, actor }) => {
    const tag = given.toLowerCase();
    if (!(await has(vmid, tag, true))) throw new RefusedError('tag-not-found', `${vmid} has no tag ${tag}`);
    const tags = await edit({ vmid, add: [], remove: [given], requested_by: actor });
    return success({ message: `${tag} removed from ${vmid}`, tags });
  });
  endpoint(server, PostRefreshTags, async ({ params: { vmid } }) => {
    snapshots.guest(vmid);
    const state = await refresh(vmid);
    put(state);
    return success({ vmid, tags: state.parsed });
  });
  preparedEndpoint(server, GetAffinityGroups, () =>
    snapshots.prepared('affinity groups', () => success(affinityGroups(snapshots.guests()))),
  );
}

function alreadyThere(vmid: number, tag: string): RefusedError {
  const message = 'is already there';
  return new RefusedError('invalid-input', `${vmid} has the tag ${tag} already`, [{ path: 'tag', message }]);
}
