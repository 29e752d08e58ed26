import type { Problem } from '../../recommend/problem.ts';
import type { NodeState } from '../../state/node-state.ts';
import type { Placed, TargetFilter } from '../filter.ts';
import { affinity } from './affinity.ts';
import { antiAffinity } from './anti-affinity.ts';
import { memory } from './memory.ts';
import { storage } from './storage.ts';
import { usable } from './usable.ts';

/** What rules a node out as a target, in the order in which it is asked. */
export const targetFilters: readonly TargetFilter[] = [usable, antiAffinity, affinity, memory, storage];

/** Whether a guest may go to a node, as things stand after the moves so far. */
export const isAllowed = (placed: Placed, target: NodeState, problem: Problem): boolean => {
  for (const filter of targetFilters) if (!filter.admits(placed, target, problem)) return false;
  return true;
};

/** The first reason for which a guest may not go to a node, as things stand after the moves so far; null: it may. */
export const objection = (placed: Placed, target: NodeState, problem: Problem): string | null =>
  targetFilters.find((filter) => !filter.admits(placed, target, problem))?.why(placed, target, problem) ?? null;
