import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: [join(import.meta.dirname, '..', 'dev', 'properties.ts')],
          root: import.meta.dirname,
          include: ['src/**/*.test.ts'],
          // Properties over all of Unicode take seconds on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          root: import.meta.dirname,
          include: ['test/*.browser.test.ts'],
          // A cold Chromium on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
