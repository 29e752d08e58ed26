import { ReadAutomatedMigrations, ReadAutomationRuns, RefusedError } from '@proxbalance/contracts';
import { answer } from '@proxbalance/service-kit';
import type { RunHistory } from './history.ts';
import { between, migrationsOf, pageOf, summaryOf } from './past.ts';

/** What automation is asked about its past. */
export const historyHandlers = (history: RunHistory) => {
  const read = () =>
    history.all().catch((error: Error) => {
      throw new RefusedError('broker-unavailable', `Redis: ${error.message}`);
    });
  return [
    answer(ReadAutomationRuns, async (wanted) => {
      const { page, total } = pageOf(await read(), wanted);
      return { runs: page.map(summaryOf), total };
    }),
    answer(ReadAutomatedMigrations, async ({ from, to, ...wanted }) => {
      const { page, total } = pageOf(between((await read()).flatMap(migrationsOf), from, to), wanted);
      return { migrations: page, total };
    }),
  ];
};
