import { assert } from '../../domain/fault.ts'

/** Asks the run's shared server, see run-server.ts. */
export async function askRun(path: string): Promise<string> {
  const server = process.env['VIGIL_TEST_RUN_SERVER']
  assert(server, 'vitest.config.ts must name tests/support/global-setup.ts as globalSetup')
  const answer = await fetch(server + path)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${text}`)
  return text
}
