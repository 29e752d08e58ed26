import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { RecommendationsGenerated } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { aGeneration, aRecommendation } from '../../../tests/support/nouns.ts';
import { showSnapshot, startGateway } from './support/gateway.ts';

test('10 000 guests: each view is made once, and given again without work', async () => {
  await using gateway = await startGateway();
  const nodes = Array.from({ length: 64 }, (_, index) => aNode({ name: `pve${index}` }));
  const guests = Array.from({ length: 10_000 }, (_, index) => aGuest({ vmid: 100 + index, node: `pve${index % 64}` }));
  const collected_at = new Date().toISOString();
  const snapshot = aCluster(nodes, guests, { snapshot_id: 'large', collected_at });
  await showSnapshot(gateway, snapshot);
  const recommendations = Array.from({ length: 1000 }, (_, index) => aRecommendation({ vmid: 100 + index }));
  const skipped_guests = guests.slice(1000).map(({ vmid, name, type, node }) => ({
    vmid,
    name,
    type,
    node,
    reason: 'insufficient_improvement' as const,
    detail: 'gain too small',
  }));
  const generation = aGeneration({ recommendations, skipped_guests });
  await (await gateway.as('recommender')).bus.publish(RecommendationsGenerated, generation);
  await eventually(async () => expect((await gateway.get('/api/recommendations')).status).toBe(200));
  for (const path of ['guests-only', 'guests/locations', 'recommendations']) {
    const first = await zipped(`${gateway.url}/api/${path}`);
    expect((await zipped(`${gateway.url}/api/${path}`)).equals(first)).toBe(true);
  }
  const times = 20;
  const begin = performance.now();
  for (let count = 0; count < times; count++) await zipped(`${gateway.url}/api/analyze`);
  const given = performance.now();
  gzipSync(JSON.stringify({ success: true, data: snapshot }), { level: 4 });
  expect((given - begin) / times).toBeLessThan(performance.now() - given);
});

/** The answer as it travels: unpacking it is the reader's work. */
async function zipped(url: string): Promise<Buffer> {
  const [response] = (await once(request(url, { headers: { 'accept-encoding': 'gzip' } }).end(), 'response')) as [
    IncomingMessage,
  ];
  expect(response.headers['content-encoding']).toBe('gzip');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}
