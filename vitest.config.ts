import { defineConfig } from 'vitest/config';

const endToEnd = ['e2e/src/**/*.test.ts', '**/*.e2e.test.ts'];
const built = ['**/node_modules/**', '**/dist/**'];

// Two projects: `parts` (unit and integration tests beside their sources) and `e2e` (the whole product in a browser, one
// file at a time, since each of them wants the machine for itself).
export default defineConfig({
  test: {
    maxWorkers: 2,
    teardownTimeout: 30_000,
    projects: [
      {
        test: {
          name: 'parts',
          include: ['**/*.test.ts'],
          exclude: [...built, ...endToEnd],
          testTimeout: 20_000,
          hookTimeout: 40_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: endToEnd,
          exclude: built,
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
