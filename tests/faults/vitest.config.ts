import { defineConfig } from 'vitest/config'

/** The fault catalogue: one file at a time, because each has a centre of its own and kills parts of it. Started by run.mjs. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.fault.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // The long form kills a hundred times where the short one kills five.
    testTimeout: process.env['VIGIL_FAULTS_LONG'] === '1' ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    pool: 'forks',
    fileParallelism: false,
    bail: 0,
  },
})
