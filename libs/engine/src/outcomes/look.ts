/** One look at both ends of a move. */
export type Look = {
  /** Milliseconds since 1970 */
  at: number;
  source: NodeLook;
  target: NodeLook;
};

/** A node and all that runs on it, at the same moment. null: could not be read. */
export type NodeLook = {
  /** Percent */
  cpu: number | null;
  /** Percent */
  mem: number | null;
  threads: number | null;
  memBytes: number | null;
  /** Guests that run on it, by vmid. */
  guests: Readonly<Record<string, GuestLook>>;
};

/** What a guest takes from its node. null: could not be read. */
export type GuestLook = { cores: number | null; memBytes: number | null };

export const ends = ['source', 'target'] as const;
export const resources = ['cpu', 'mem'] as const;
export type End = (typeof ends)[number];
export type Resource = (typeof resources)[number];

/** Percentage points of the node that a guest takes; 0 for one that is not there. */
export const shareOf = (node: NodeLook, guest: GuestLook | undefined, resource: Resource): number | null => {
  if (!guest) return 0;
  const [used, all] = resource === 'cpu' ? [guest.cores, node.threads] : [guest.memBytes, node.memBytes];
  return used === null || !all ? null : (100 * used) / all;
};
