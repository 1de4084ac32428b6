import { defineConfig } from 'vitest/config'

/** The fault catalogue. Each file has a centre of its own and kills parts of it; how many run beside each other is for run.mjs to say. */
const workers = Number(process.env['VIGIL_FAULTS_WORKERS'] ?? 1)

export default defineConfig({
  test: {
    include: ['tests/faults/**/*.fault.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // The long form kills a hundred times where the short one kills five.
    testTimeout: process.env['VIGIL_FAULTS_LONG'] === '1' ? 3_600_000 : 240_000,
    hookTimeout: 240_000,
    maxWorkers: workers,
    pool: 'forks',
    // A poll says that something comes, not how soon: on two busy cores a second is not enough.
    expect: { poll: { timeout: 15_000 } },
    fileParallelism: workers > 1,
    bail: 0,
  },
})
