import { defineConfig } from 'vitest/config';

const twin = (folder: string) => `${folder}/**/src/**/*.test.ts`;

/**
 * Three layers: unit beside the file, service with real brokers, system with every service as its own process.
 * They run one after the other, so that the heavier layers have the machine to themselves.
 */
export default defineConfig({
  test: {
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
          sequence: { groupOrder: 0 },
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'service',
          include: ['libs/*/test/**/*.test.ts', 'services/*/test/**/*.test.ts', 'simulator/test/**/*.test.ts'],
          globalSetup: ['tests/brokers.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
          // They wait more than they work: brokers coming back, tasks running out.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.system.test.ts'],
          globalSetup: ['tests/brokers.setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
        },
      },
    ],
  },
});
