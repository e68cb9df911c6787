import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const properties = join(import.meta.dirname, '..', 'dev', 'properties.ts')

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: [properties],
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.db.test.ts'],
          // Properties over all of Unicode take seconds on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'database',
          setupFiles: [properties],
          include: ['src/**/*.db.test.ts'],
          globalSetup: ['test-support/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'scenarios',
          setupFiles: [properties],
          include: ['test/**/*.scenario.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // They share one stack, and some change what others read.
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'operations',
          setupFiles: [properties],
          include: ['test/**/*.operations.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'hostile',
          setupFiles: [properties],
          include: ['test/**/*.hostile.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
