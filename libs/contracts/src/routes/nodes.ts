import { z } from 'zod';
import { StorageVerdict } from '../guest-facts.ts';
import { route } from '../kit/route.ts';
import { Node } from '../node.ts';
import { NodeName, Vmid } from '../values.ts';
import { ok } from './shapes.ts';

export const GetNodeStorage = route('GET', '/api/nodes/:node/storage', {
  tag: 'Nodes',
  summary: 'Storage of a node that is enabled and active, sizes in bytes; none of a node that is not online',
  role: 'viewer',
  params: z.strictObject({ node: NodeName.describe('Node name') }),
  reply: ok({
    node: NodeName,
    status: Node.shape.status.describe('Of the node'),
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

const StorageName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]$/, 'must be the name of a storage');

/** Either form whole, and nothing of the other: half of one would be a question nobody asked. */
const forms = [
  { required: ['vmid', 'target_node'], optional: [] },
  { required: ['source_node', 'target_nodes'], optional: ['guests'] },
] as const;

const question = z
  .strictObject({
    vmid: Vmid.optional(),
    target_node: NodeName.optional(),
    source_node: NodeName.optional(),
    target_nodes: z.array(NodeName).min(1).max(64).optional(),
    guests: z.array(Vmid).max(10_000).optional().describe('Absent: every guest of the source'),
    storage_map: z
      .record(StorageName, StorageName)
      .optional()
      .describe('Where copied disks go, by the name of their storage; what is not named goes to its own name'),
  })
  .superRefine((body, context) => {
    const isGiven = (name: keyof typeof body) => body[name] !== undefined;
    const begun = forms.filter(({ required, optional }) => [...required, ...optional].some(isGiven));
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const [form, other] = begun;
    if (!form) return complain([], 'wants either vmid and target_node, or source_node and target_nodes');
    const given = other ? [...other.required, ...other.optional].filter(isGiven) : [];
    for (const name of given)
      complain([name], `does not go together with ${form.required.filter(isGiven).join(' and ')}`);
    if (other) return;
    for (const name of form.required) if (!isGiven(name)) complain([name], 'is missing');
  });

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
