import { defineConfig } from 'vitest/config'

/** Two files at a time: the machines this runs on have two cores and most tests start real servers. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    exclude: ['tests/journeys/**', 'node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 90_000,
    maxWorkers: 2,
    pool: 'forks',
    // A poll says that something comes, not how soon: on two busy cores a second is not enough.
    expect: { poll: { timeout: 15_000 } },
  },
})
