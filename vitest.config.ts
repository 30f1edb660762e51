import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['source'] }

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    // Most of these tests wait for processes more than they compute.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: ['**/*.conformance.test.ts', '**/*.system.test.ts'],
          // Properties are tried with many values, on a computer that may be busy.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['packages/*/src/**/*.{conformance,system}.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/src/**/*.test.ts'],
          exclude: ['e2e/src/runtimes/**'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'runtimes',
          // Real agents, several processes and up to a gigabyte each: one at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          include: ['e2e/src/machines/{agent-state,resume,runs}.test.ts', 'e2e/src/runtimes/*.test.ts'],
          env: { AM_TESTED_RUNTIMES: 'claude-code,codex,opencode' },
          testTimeout: 240_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
})
