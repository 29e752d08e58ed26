import { GetOutcomes, PostRefreshOutcomes, ReadOutcomes, RefreshOutcomes } from '@proxbalance/contracts';
import { answer } from '@proxbalance/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anOutcome } from '../../../tests/support/nouns.ts';
import { type Gateway, play, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

/* The migrator's side of the bus is played here; that it keeps what it says is tested there. */

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('without a migrator the outcomes are not known, which is not an empty list', async () => {
  for (const answered of [gateway.get('/api/migrate/outcomes'), gateway.post('/api/migrate/outcomes/refresh')])
    expect(await refusal(await answered)).toMatchObject({ status: 503, code: 'service-unavailable' });
});

describe('with a migrator', () => {
  const asked: object[] = [];
  const statistics = {
    total_completed: 1,
    success_rate: 100,
    beneficial_rate: 100,
    avg_accuracy_pct: 100,
    avg_cpu_improvement: 10,
    avg_sustained_cpu_improvement: 10,
    verdict_counts: { beneficial: 1, neutral: 0, harmful: 0 },
  };
  beforeAll(async () => {
    await play(await gateway.as('migrator'), [
      answer(ReadOutcomes, async (request) => {
        asked.push(request);
        return { outcomes: [anOutcome()], total: 30, statistics };
      }),
      answer(RefreshOutcomes, async () => ({ updated: 2, skipped: 5, error: null })),
    ]);
  });

  test.each([
    ['', { limit: 20, offset: 0 }],
    ['?vmid=142&limit=500&offset=7', { vmid: 142, limit: 500, offset: 7 }],
    ['?limit=1', { limit: 1, offset: 0 }],
  ])('GET %s asks for %o', async (query, request) => {
    const answered = await gateway.get(`/api/migrate/outcomes${query}`);
    expect(answered.status).toBe(200);
    expect(GetOutcomes.reply.parse(await answered.json())).toEqual({
      success: true,
      outcomes: [anOutcome()],
      total: 30,
      statistics,
    });
    expect(asked.at(-1)).toEqual(request);
  });

  test('a refresh says what it did, with an empty body or none', async () => {
    for (const body of [undefined, {}]) {
      const answered = await gateway.post('/api/migrate/outcomes/refresh', body);
      expect(PostRefreshOutcomes.reply.parse(await answered.json())).toEqual({
        success: true,
        updated: 2,
        skipped: 5,
        error: null,
      });
    }
  });

  test.each([
    ['vmid=abc', 'vmid'],
    ['vmid=99', 'vmid'],
    ['vmid=', 'vmid'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=ten', 'limit'],
    ['offset=1.5', 'offset'],
    ['node=pve1', 'node'],
  ])('400 for ?%s names %s', async (query, field) => {
    const { status, code, details } = await refusal(await gateway.get(`/api/migrate/outcomes?${query}`));
    expect({ status, code }).toEqual({ status: 400, code: 'invalid-input' });
    expect(JSON.stringify(details)).toContain(field);
  });
});
