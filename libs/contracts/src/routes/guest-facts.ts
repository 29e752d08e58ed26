import { z } from 'zod';
import { GuestTags } from '../guest.ts';
import { AffinityGroup, GuestHistory, Tag } from '../guest-facts.ts';
import { route } from '../kit/route.ts';
import { ClusterTrends, GuestProfile, GuestTrend, NodeTrend } from '../trends.ts';
import { Instant, NodeName, Vmid, VmidText } from '../values.ts';
import { ok, proxmox, wholeNumber } from './shapes.ts';

const guest = z.strictObject({ vmid: VmidText });
const tagged = { tag: 'Guests', errors: ['guest-not-found', 'no-snapshot', ...proxmox] } as const;
/** A whole number from 1 on. */
const counted = (max: number, description: string) =>
  wholeNumber(max, description)
    .refine((value) => value >= 1, 'must be at least 1')
    .describe(description);
const series = { tag: 'Trends', role: 'viewer', errors: ['service-unavailable', 'broker-unavailable'] } as const;

export const GetGuestTags = route('GET', '/api/guests/:vmid/tags', {
  ...tagged,
  summary: 'Tags of a guest',
  role: 'viewer',
  params: guest,
  reply: ok({ vmid: Vmid, tags: z.array(z.string()) }),
});

export const PostGuestTag = route('POST', '/api/guests/:vmid/tags', {
  ...tagged,
  summary: 'Add a tag to a guest',
  role: 'operator',
  params: guest,
  body: z.strictObject({ tag: Tag }),
  reply: ok({ message: z.string(), tags: z.array(z.string()) }),
});

export const DeleteGuestTag = route('DELETE', '/api/guests/:vmid/tags/:tag', {
  ...tagged,
  summary: 'Remove a tag from a guest',
  role: 'operator',
  params: guest.extend({ tag: Tag.describe('The tag, URL-encoded') }),
  reply: ok({ message: z.string(), tags: z.array(z.string()) }),
  errors: ['tag-not-found', ...tagged.errors],
});

export const PostRefreshTags = route('POST', '/api/guests/:vmid/tags/refresh', {
  ...tagged,
  summary: 'Read the tags of a guest anew, without a whole collection',
  role: 'operator',
  params: guest,
  reply: ok({ vmid: Vmid, tags: GuestTags }),
});

export const GetAffinityGroups = route('GET', '/api/affinity-groups', {
  tag: 'Guests',
  summary: 'Groups of guests that should stay together, and whether they do',
  role: 'viewer',
  reply: ok({ affinity_groups: z.array(AffinityGroup), total_groups: z.int(), split_groups: z.int() }),
  errors: ['no-snapshot'],
});

export const GetGuestHistory = route('GET', '/api/guests/:vmid/history', {
  ...series,
  summary: 'Measured history of a guest',
  params: guest,
  query: z.strictObject({ hours: counted(24 * 90, 'How far back').optional() }),
  reply: ok(GuestHistory.shape),
  errors: ['guest-not-found', 'no-snapshot', ...series.errors],
});

export const GetGuestProfiles = route('GET', '/api/guest-profiles', {
  ...series,
  summary: 'How each guest behaves, as far as its history tells',
  reply: ok({ profiles: z.record(z.string(), GuestProfile), generated_at: Instant }),
});

const lookback = z.strictObject({
  lookback_days: counted(90, 'Days of history').optional(),
  cpu_threshold: counted(100, 'Percent').optional(),
  mem_threshold: counted(100, 'Percent').optional(),
});

export const GetNodeTrends = route('GET', '/api/trends/nodes', {
  ...series,
  summary: 'Where every node is heading',
  query: lookback,
  reply: ok(ClusterTrends.shape),
});

export const GetNodeTrend = route('GET', '/api/trends/node/:node', {
  ...series,
  summary: 'Where a node is heading',
  params: z.strictObject({ node: NodeName.describe('Node name') }),
  query: lookback,
  reply: ok(NodeTrend.shape),
  errors: ['node-not-found', 'no-snapshot', ...series.errors],
});

export const GetGuestTrend = route('GET', '/api/trends/guest/:vmid', {
  ...series,
  summary: 'Where a guest is heading',
  params: guest,
  query: z.strictObject({ lookback_days: counted(90, 'Days of history').optional() }),
  reply: ok(GuestTrend.shape),
  errors: ['guest-not-found', 'no-snapshot', ...series.errors],
});
