import { defineConfig } from 'vitest/config'

/** Whole-product journeys: one at a time, each with a centre of its own and a real browser. */
export default defineConfig({
  test: {
    include: ['tests/journeys/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 1,
    pool: 'forks',
    // A poll says that something comes, not how soon: on two busy cores a second is not enough.
    expect: { poll: { timeout: 15_000 } },
    fileParallelism: false,
  },
})
