import type { PlanRule } from './rule.ts';
import { affinity } from './rules/affinity.ts';
import { allowed } from './rules/allowed.ts';
import { antiAffinity } from './rules/anti-affinity.ts';
import { cpu } from './rules/cpu.ts';
import { duty } from './rules/duty.ts';
import { fixed } from './rules/fixed.ts';
import { ram } from './rules/ram.ts';
import { storage } from './rules/storage.ts';
import { inflow, parallel } from './rules/traffic.ts';
import { hopLeft, maxMoves } from './rules/whole-plan.ts';

/** What every plan has to keep, beside being a plan at all (`formal.ts`). */
export const planRules: readonly PlanRule[] = [
  ram,
  cpu,
  storage,
  antiAffinity,
  affinity,
  allowed,
  duty,
  fixed,
  inflow,
  parallel,
  maxMoves,
  hopLeft,
];
