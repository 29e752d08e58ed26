import { z } from 'zod';
import { route } from '../kit/route.ts';
import { Generation, Recommendation } from '../recommendation.ts';
import { JudgementInput, NodeScores } from '../scoring.ts';
import { NodeName, Vmid } from '../values.ts';
import { ok, wholeNumber } from './shapes.ts';

export const PostRecommendations = route('POST', '/api/recommendations', {
  tag: 'Recommendations',
  summary: 'What the latest snapshot recommends with these thresholds; what is absent comes from the settings',
  role: 'operator',
  body: JudgementInput,
  reply: ok(Generation.shape),
  errors: ['no-snapshot', 'node-not-found', 'service-unavailable', 'broker-unavailable'],
});

export const GetRecommendations = route('GET', '/api/recommendations', {
  tag: 'Recommendations',
  summary: 'The last generation, filtered, sorted and paged',
  role: 'viewer',
  query: z.strictObject({
    limit: wholeNumber(100_000, 'Longest list wanted').optional(),
    offset: wholeNumber(100_000, 'How many to leave out at the start').optional(),
    min_confidence: wholeNumber(100, 'Lowest confidence_score wanted, percent').optional(),
    target_node: NodeName.optional().describe('Only moves to this node'),
    source_node: NodeName.optional().describe('Only moves away from this node'),
    sort: z
      .enum(['score_improvement', 'confidence_score', 'risk_score', 'priority'])
      .optional()
      .describe('Order by this field'),
    sort_dir: z.enum(['asc', 'desc']).optional().describe('Ascending or descending'),
  }),
  reply: ok({
    ...Generation.shape,
    recommendations: z.array(Recommendation),
    total_count: z.int(),
    filtered_count: z.int(),
  }),
  errors: ['no-recommendations'],
});

export const PostNodeScores = route('POST', '/api/node-scores', {
  tag: 'Recommendations',
  summary: 'Every node as a target, for one guest or for a neutral one',
  role: 'viewer',
  body: JudgementInput.extend({ vmid: Vmid.optional() }),
  reply: ok({ scores: NodeScores }),
  errors: ['no-snapshot', 'guest-not-found', 'node-not-found', 'service-unavailable', 'broker-unavailable'],
});
