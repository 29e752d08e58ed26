import { z } from 'zod';
import { StorageVerdict } from '../guest-facts.ts';
import { route } from '../kit/route.ts';
import { NodeName, Vmid } from '../values.ts';
import { ok } from './shapes.ts';

export const GetNodeStorage = route('GET', '/api/nodes/:node/storage', {
  tag: 'Nodes',
  summary: 'Storage of a node that is enabled and active, sizes in bytes',
  role: 'viewer',
  params: z.strictObject({ node: NodeName.describe('Node name') }),
  reply: ok({
    node: NodeName,
    storage: z.array(
      z.object({
        storage: z.string(),
        type: z.string(),
        content: z.array(z.string()),
        available: z.int(),
        used: z.int(),
        total: z.int(),
        shared: z.union([z.literal(0), z.literal(1)]),
      }),
    ),
  }),
  errors: ['node-not-found', 'no-snapshot'],
});

const question = z
  .strictObject({
    vmid: Vmid.optional(),
    target_node: NodeName.optional(),
    source_node: NodeName.optional(),
    target_nodes: z.array(NodeName).min(1).max(64).optional(),
    guests: z.array(Vmid).max(10_000).optional().describe('Absent: every guest of the source'),
  })
  .refine(({ vmid, target_node, source_node, target_nodes }) => {
    const one = vmid !== undefined && target_node !== undefined;
    const many = source_node !== undefined && target_nodes !== undefined;
    return one !== many;
  }, 'wants either vmid and target_node, or source_node and target_nodes');

export const PostStorageVerify = route('POST', '/api/storage/verify', {
  tag: 'Nodes',
  summary: 'Whether guests, with the disks they have, could live on other nodes',
  role: 'viewer',
  body: question,
  reply: ok({
    source_node: NodeName,
    target_storage: z.record(NodeName, z.array(z.string())),
    guests: z.array(StorageVerdict),
    vmid: Vmid.optional(),
    target_node: NodeName.optional(),
    compatible: z.boolean().optional(),
    required_storage: z.array(z.string()).optional(),
    missing_storage: z.array(z.string()).optional(),
  }),
  errors: ['guest-not-found', 'node-not-found', 'no-snapshot'],
});
