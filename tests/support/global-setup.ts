import { RunServer } from './run-server.ts'

/** Named in vitest.config.ts `globalSetup`: once a run, in the main process, before any test file. */
let server: RunServer | null = null

export async function setup(): Promise<void> {
  server = new RunServer()
  process.env['VIGIL_TEST_RUN_SERVER'] = await server.listen()
}

export async function teardown(): Promise<void> {
  await server?.close()
}
