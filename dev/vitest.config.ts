import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: import.meta.dirname,
          include: ['**/*.test.ts'],
          exclude: ['**/*.stack.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'stack',
          root: import.meta.dirname,
          include: ['**/*.stack.test.ts'],
          fileParallelism: false,
          // A busy machine takes its time to start a database.
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
})
