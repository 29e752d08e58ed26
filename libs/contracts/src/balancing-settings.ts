import { z } from 'zod';

/** Evening out how many guests run on each node, with the small ones; off unless somebody wants it. */
export const DistributionBalancing = z
  .strictObject({
    enabled: z.boolean().default(false),
    guest_count_threshold: z.int().min(1).max(10).default(2).describe('Nodes may differ by less than this, guests'),
    max_cpu_cores: z.number().min(0).max(32).default(2).describe('Larger guests are not moved for it; 0: no limit'),
    max_memory_gb: z.number().min(0).max(256).default(4).describe('GiB; larger guests are not moved; 0: no limit'),
  })
  .meta({ id: 'DistributionBalancing' });
export type DistributionBalancing = z.output<typeof DistributionBalancing>;

/** What moves have to respect. */
export const MoveRules = z
  .strictObject({
    respect_affinity_rules: z.boolean().default(true).describe('Guests with the same affinity_ tag stay together'),
  })
  .meta({ id: 'MoveRules' });

/** How full moves may make a node. */
export const SafetyChecks = z
  .strictObject({
    max_node_cpu_percent: z.number().min(50).max(100).default(85),
    max_node_memory_percent: z.number().min(50).max(100).default(90),
  })
  .meta({ id: 'SafetyChecks' });
export type SafetyChecks = z.output<typeof SafetyChecks>;
