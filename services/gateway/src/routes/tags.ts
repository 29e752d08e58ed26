import {
  DeleteGuestTag,
  EditTags,
  GetAffinityGroups,
  GetGuestTags,
  PostGuestTag,
  PostRefreshTags,
  RefreshTags,
  type TagState,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { affinityGroups } from '../read-models/affinity-groups.ts';

type Change = { vmid: number; add: string[]; remove: string[]; requested_by: string };

/**
 * Changes and fresh looks are the collector's, in Proxmox itself: it knows guests and tags that no snapshot has yet. Tags
 * are compared without case, as Proxmox does, and shown in lower case.
 */
export function tagRoutes(server: FastifyInstance, { kit, snapshots }: Deps): void {
  const put = (state: TagState): TagState['parsed'] => {
    snapshots.putTags(state);
    return state.parsed;
  };
  const refresh = async (vmid: number) => {
    const known = snapshots.peek()?.guests[vmid]?.tags?.all_tags;
    return put(answerOf(await kit.bus.ask(RefreshTags, { vmid, ...(known ? { known } : {}) })));
  };
  const edit = async (change: Change) => put(answerOf(await kit.bus.ask(EditTags, change))).all_tags;

  endpoint(server, GetGuestTags, async ({ params: { vmid } }) => {
    const { all_tags } = snapshots.guest(vmid).tags ?? (await refresh(vmid));
    return success({ vmid, tags: all_tags });
  });
  endpoint(server, PostGuestTag, async ({ params: { vmid }, body: { tag }, actor }) => {
    const tags = await edit({ vmid, add: [tag], remove: [], requested_by: actor });
    return success({ message: `${tag.toLowerCase()} added to ${vmid}`, tags });
  });
  endpoint(server, DeleteGuestTag, async ({ params: { vmid, tag }, actor }) => {
    const tags = await edit({ vmid, add: [], remove: [tag], requested_by: actor });
    return success({ message: `${tag.toLowerCase()} removed from ${vmid}`, tags });
  });
  endpoint(server, PostRefreshTags, async ({ params: { vmid } }) => success({ vmid, tags: await refresh(vmid) }));
  preparedEndpoint(server, GetAffinityGroups, () =>
    snapshots.prepared('affinity groups', () => success(affinityGroups(snapshots.guests()))),
  );
}
