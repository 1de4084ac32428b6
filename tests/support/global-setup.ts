import { DatabaseBroker } from './database-broker.ts'

/** Named in vitest.config.ts `globalSetup`: once a run, in the main process, before any test file. */
let broker: DatabaseBroker | null = null

export async function setup(): Promise<void> {
  broker = new DatabaseBroker()
  process.env['VIGIL_TEST_DATABASE_BROKER'] = await broker.listen()
}

export async function teardown(): Promise<void> {
  await broker?.close()
}
