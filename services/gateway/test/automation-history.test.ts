import {
  AutomatedMigration,
  type AutomationRun,
  GetAutomationHistory,
  RecommendationsGenerated,
  RunFinished,
} from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../tests/support/eventually.ts';
import { aGeneration, aRecommendation } from '../../../tests/support/nouns.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

/* The real automation, a process of its own, behind the gateway. */

let gateway: Gateway;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  gateway = stack.use(await startGateway());
});
afterAll(() => stack.disposeAsync());

const history = async (query = '') => {
  const answered = await gateway.get(`/api/automigrate/history${query}`);
  expect(answered.status, await answered.clone().text()).toBe(200);
  return GetAutomationHistory.reply.parse(await answered.json());
};
const file = async (query = '') => {
  const answered = await gateway.get(`/api/automigrate/history/export${query}`);
  expect(answered.status, await answered.clone().text()).toBe(200);
  return { type: answered.headers.get('content-type'), name: answered.headers.get('content-disposition'), answered };
};
const exported = async (query = '') => z.array(AutomatedMigration).parse(await (await file(query)).answered.json());
const header = 'timestamp,vmid,name,type,source_node,target_node,status,score_improvement,initiated_by';

test('without automation nothing is known, which is not an empty history', async () => {
  for (const path of ['history', 'history/export', 'history/export?format=csv'])
    expect((await refusal(await gateway.get(`/api/automigrate/${path}`))).code).toBe('service-unavailable');
});

describe('with automation', () => {
  let run: AutomationRun;
  beforeAll(async () => {
    const ended: AutomationRun[] = [];
    gateway.kit.bus.observe(RunFinished, ({ data }) => void ended.push(data));
    stack.use(await startProcess('automation', gateway.env));
    expect(await eventually(() => history())).toEqual({ success: true, runs: [], total: 0 });
    expect(await exported()).toEqual([]);
    expect(await (await file('?format=csv')).answered.text()).toBe(`${header}\r\n`);
    const { bus } = await gateway.as('recommender');
    await bus.publish(
      RecommendationsGenerated,
      aGeneration({
        snapshot_collected_at: new Date().toISOString(),
        recommendations: [
          aRecommendation({ vmid: 100, name: '=cmd("x")', score_improvement: -2.5 }),
          aRecommendation({ vmid: 101, type: 'CT', confidence_score: 10 }),
          aRecommendation({ vmid: 102, type: 'CT' }),
        ],
      }),
    );
    const saved = await gateway.post('/api/config', { automated_migrations: { enabled: true } });
    expect(saved.status, await saved.clone().text()).toBe(200);
    run = await eventually(
      () => {
        const [first] = ended;
        if (!first) throw new Error('no run has ended');
        return first;
      },
      { withinMs: 20_000 },
    );
    await eventually(async () => expect((await history()).total).toBe(1));
  });

  test('runs with every decision', async () => {
    const { runs, total } = await history();
    expect(total).toBe(1);
    expect(runs).toMatchObject([
      {
        run_id: run.run_id,
        timestamp: run.started_at,
        mode: 'dry-run',
        migrations_executed: 0,
        decisions: [
          { vmid: 100, type: 'VM', action: 'would-migrate', priority_rank: 1, total_candidates: 3 },
          { vmid: 101, action: 'refused' },
          { vmid: 102, action: 'would-migrate', priority_rank: 3 },
        ],
      },
    ]);
    expect(await history('?status=refused')).toEqual({ success: true, runs: [], total: 0 });
  });

  test('moves it decided on, in pages', async () => {
    const { migrations } = await history('?type=migrations&status=dry-run');
    expect(migrations).toMatchObject([
      { vmid: 100, type: 'VM', status: 'dry-run', initiated_by: 'automated', confidence_score: 80 },
      { vmid: 102, type: 'CT' },
    ]);
    expect(await history('?type=migrations&limit=1&offset=1')).toMatchObject({ migrations: [{ vmid: 102 }], total: 2 });
  });

  test('weakness A10 is gone: the export has what the history has, and no cell is a formula', async () => {
    const csv = await file('?format=CSV');
    expect(csv).toMatchObject({
      type: 'text/csv; charset=utf-8',
      name: 'attachment; filename="migration_history.csv"',
    });
    expect(await csv.answered.text()).toBe(
      [
        header,
        `${run.finished_at},100,"'=cmd(""x"")",VM,pve1,pve2,dry-run,-2.5,automated`,
        `${run.finished_at},102,guest-102,CT,pve1,pve2,dry-run,60,automated`,
        '',
      ].join('\r\n'),
    );
    const json = await file();
    expect(json.type).toMatch(/^application\/json/);
    expect(json.name).toBe('attachment; filename="migration_history.json"');
    expect(await json.answered.json()).toEqual((await history('?type=migrations')).migrations);
  });

  test('a range of dates holds both its ends', async () => {
    const at = run.finished_at;
    const day = at.slice(0, 10);
    const inside = [
      `from=${at}`,
      `to=${at}`,
      `from=${at}&to=${at}`,
      `from=${day}&to=${day}`,
      'from=2026-02-01T00:00:00Z',
    ];
    for (const range of inside) expect(await exported(`?${range}`), range).toHaveLength(2);
    const shifted = encodeURIComponent(at.replace('Z', '+00:00'));
    expect(await exported(`?to=${shifted}`)).toHaveLength(2);
    const later = new Date(Date.parse(at) + 1).toISOString();
    for (const range of [`from=${later}`, 'to=2001-01-01']) expect(await exported(`?${range}`), range).toEqual([]);
  });
});

test.each([
  ['history?type=moves', 'type'],
  ['history?limit=0', 'limit'],
  ['history?limit=501', 'limit'],
  ['history?offset=-1', 'offset'],
  ['history?status=odd', 'status'],
  ['history?status=dry-run', 'status'],
  ['history?type=migrations&status=refused', 'status'],
  ['history?page=2', 'page'],
  ['history/export?format=xml', 'format'],
  ['history/export?from=yesterday', 'from'],
  ['history/export?from=2026-02-30', 'from'],
  ['history/export?from=2026-02-01T00:00:00', 'from'],
  ['history/export?to=1770000000', 'to'],
  ['history/export?from=2026-02-02&to=2026-02-01', 'to'],
])('%s is refused, naming %s', async (path, name) => {
  const refused = await refusal(await gateway.get(`/api/automigrate/${path}`));
  expect(refused.status).toBe(400);
  expect(refused.details?.map((detail) => detail.path)).toEqual([name]);
});
