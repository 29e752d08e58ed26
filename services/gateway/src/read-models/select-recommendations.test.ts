import { expect, test } from 'vitest';
import { aGeneration, aRecommendation } from '../../../../tests/support/nouns.ts';
import { type Selection, selectRecommendations } from './select-recommendations.ts';

const generation = aGeneration({
  recommendations: [
    aRecommendation({ vmid: 100, confidence_score: 80, risk_score: 5, priority: 'low', target_node: 'pve2' }),
    aRecommendation({ vmid: 101, confidence_score: 30, risk_score: 20, priority: 'critical', target_node: 'pve3' }),
    aRecommendation({ vmid: 102, confidence_score: 80, risk_score: 10, priority: 'high', source_node: 'pve4' }),
  ],
});

test.each<[string, Selection, number[], number]>([
  ['everything, in the engine’s order', {}, [100, 101, 102], 3],
  ['a lowest confidence', { min_confidence: 80 }, [100, 102], 2],
  ['a target', { target_node: 'pve3' }, [101], 1],
  ['a source', { source_node: 'pve4' }, [102], 1],
  ['a node nobody knows', { source_node: 'constructor' }, [], 0],
  ['the highest first, by default', { sort: 'risk_score' }, [101, 102, 100], 3],
  ['the lowest first', { sort: 'risk_score', sort_dir: 'asc' }, [100, 102, 101], 3],
  ['by priority', { sort: 'priority' }, [101, 102, 100], 3],
  ['equal ones in their order', { sort: 'confidence_score' }, [100, 102, 101], 3],
  ['equal ones in their order, the other way too', { sort: 'confidence_score', sort_dir: 'asc' }, [101, 100, 102], 3],
  ['a direction alone changes nothing', { sort_dir: 'asc' }, [100, 101, 102], 3],
  ['a page, after filter and order', { min_confidence: 80, sort: 'risk_score', limit: 1, offset: 1 }, [100], 2],
  ['a page of nothing', { limit: 0 }, [], 3],
  ['a page beyond the end', { offset: 99 }, [], 3],
])('%s', (_, selection, vmids, filtered) => {
  const answer = selectRecommendations(generation, selection);
  expect(answer.recommendations.map(({ vmid }) => vmid)).toEqual(vmids);
  expect(answer).toMatchObject({
    total_count: 3,
    filtered_count: filtered,
    count: vmids.length,
    summary: generation.summary,
  });
  expect(generation.recommendations.map(({ vmid }) => vmid)).toEqual([100, 101, 102]);
});
