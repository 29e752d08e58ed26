import { defaultSettings, ExplainGuest, ListMigrationOptions, MigrationOptions } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { answerAboutGuests } from './answer-about-guests.ts';
import { openNodeScores } from './node-scores.ts';
import type { Past } from './past.ts';

const bursty = { behavior: 'bursty', peak_multiplier: 3, growth_rate_per_day: 0 };
const snapshot = aCluster([aNode({ cpu: 85, mem: 71 }), aNode({ name: 'pve2', cpu: 20, mem: 30 })], [aGuest()]);
const settings = () => defaultSettings();

test('the options of a guest have the scores that nodes have for it: what is known of the past counts in both', async () => {
  const past = { profiles: { '100': bursty } } as unknown as Past;
  const answers = answerAboutGuests({
    latest: () => snapshot,
    settings,
    active: () => [],
    generation: () => null,
    past: () => past,
  });
  const ask = async (contract: { method: string }) => {
    const found = answers.find((one) => one.contract.method === contract.method);
    return found?.handle({ vmid: 100 } as never, { signal: new AbortController().signal });
  };
  const { options } = MigrationOptions.parse(await ask(ListMigrationOptions));
  const scores = openNodeScores(settings, () => past).of(snapshot, {}, 100);
  expect(options.find((one) => one.node === 'pve2')?.score).toBe(scores.pve2?.score);
  expect(await ask(ExplainGuest)).toMatchObject({
    nodes: [{}, { node: 'pve2', score_details: { metrics: { predicted_cpu: 50 } } }],
  });
});
