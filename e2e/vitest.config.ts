import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'e2e',
          include: ['*.e2e.test.ts'],
          globalSetup: ['support/global-setup.ts'],
          // They share one stack and two cores, and some stop an app that others look at.
          fileParallelism: false,
          // Nothing here is a measurement: a busy machine may take its time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
})
