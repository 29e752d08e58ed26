import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What waits longest begins first: started last, it would be waited for alone. */
const longest = ['migrator/test/nodes', 'migrator/test/crash', 'migrator/test/trouble', 'collector/test/schedule'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.includes(name));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** Before each file of a layer that has property tests. */
const setupFiles = ['tests/properties.setup.ts'];

const twin = (folder: string) => `${folder}/**/src/**/*.test.ts`;

/**
 * Three layers: unit beside the file, service with real brokers, system with every service as its own process.
 * They run one after the other, so that the heavier layers have the machine to themselves. Their time-outs are for what hangs:
 * a machine that is busy otherwise takes several times as long.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            twin('libs'),
            twin('services'),
            twin('simulator'),
            'scripts/**/*.test.{ts,mjs}',
            'tests/**/*.test.ts',
          ],
          exclude: ['**/*.system.test.ts', '**/node_modules/**'],
          setupFiles,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'service',
          include: ['libs/*/test/**/*.test.ts', 'services/*/test/**/*.test.ts', 'simulator/test/**/*.test.ts'],
          globalSetup: ['tests/brokers.setup.ts'],
          setupFiles,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
          // They wait more than they work: brokers coming back, tasks running out.
          maxWorkers: 5,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.system.test.ts'],
          globalSetup: ['tests/brokers.setup.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
          // Each starts a dozen processes, and then waits for what they do.
          maxWorkers: 2,
        },
      },
    ],
  },
});
