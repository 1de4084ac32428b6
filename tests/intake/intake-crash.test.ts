import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { JOURNAL_START, JournalReader } from '../../gateway/intake/journal/reader.ts'
import { freePort } from '../support/free-port.ts'
import { type Program, startProgram } from '../support/program.ts'

/** Each within its share, together as many presses as the disk takes. */
const DEVICES = 100
const ROUNDS = 10

let folder: string
let env: Record<string, string>
let running: Program | null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-intake-'))
  running = null
  env = {
    VIGIL_DATA_DIR: folder,
    VIGIL_MQTT_PORT: String(await freePort()),
    VIGIL_CENTRE_MQTT_PASSWORD: 'centre',
    // Nobody is there: the intake must live from its cache.
    VIGIL_DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/nothing',
  }
  mkdirSync(join(folder, 'intake'))
  const cache = Array.from({ length: DEVICES }, (_, i) => [`d${i}`, 'button', hash(`pw${i}`)])
  writeFileSync(join(folder, 'intake', 'credentials.json'), JSON.stringify(cache))
})
afterEach(async () => {
  await running?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const hash = (text: string) => createHash('sha256').update(text).digest('base64')
const start = async () => (running = await startProgram('gateway/intake/intake-main.js', env))

/** Ids of all events in the journal, in order. */
async function journalled(): Promise<string[]> {
  const root = join(folder, 'journal')
  const ids: string[] = []
  for (const journal of readdirSync(root)) {
    const reader = new JournalReader({ folder: join(root, journal), journal, log: silentLog })
    let cursor = JOURNAL_START
    for (;;) {
      const page = await reader.readFrom(cursor, 1_000)
      expect(page.damage).toEqual([])
      if (page.records.length === 0) break
      for (const { payload } of page.records) ids.push((JSON.parse(payload.toString()) as { id: string }).id)
      cursor = page.next
    }
  }
  return ids
}

describe('a press', () => {
  it(`that was acknowledged is in the journal, through ${ROUNDS} kill -9 of the intake`, async () => {
    const ledger: string[] = []
    let sent = 0
    const state = { pressing: true }
    const press = async (i: number) => {
      const client = mqtt.connect(`mqtt://127.0.0.1:${env['VIGIL_MQTT_PORT']}`, {
        clientId: `d${i}`,
        username: `d${i}`,
        password: `pw${i}`,
        protocolVersion: 4,
        reconnectPeriod: 30,
        connectTimeout: 2_000,
      })
      client.on('error', () => undefined)
      while (state.pressing) {
        const id = `d${i}-${sent++}`
        // A lost acknowledgement is no acknowledgement: the next press has another id, this one is not in the ledger.
        const acknowledged = await Promise.race([
          client.publishAsync(`vigil/1/button/d${i}/event`, JSON.stringify({ id, type: 'panic' }), { qos: 1 }).then(
            () => true,
            () => false,
          ),
          new Promise<false>((resolve) => setTimeout(() => resolve(false), 3_000)),
        ])
        if (acknowledged) ledger.push(id)
      }
      await client.endAsync(true)
    }
    await start()
    const pressers = Array.from({ length: DEVICES }, (_, i) => press(i))
    const acknowledgedAt: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200))
      await running!.kill()
      acknowledgedAt.push(ledger.length)
      await start()
    }
    await expect.poll(() => ledger.length).toBeGreaterThan(acknowledgedAt.at(-1)!)
    state.pressing = false
    await Promise.all(pressers)
    const kept = new Set(await journalled())
    expect(ledger.filter((id) => !kept.has(id))).toEqual([])
    expect(acknowledgedAt).toHaveLength(ROUNDS)
    expect(new Set(acknowledgedAt).size).toBeGreaterThan(ROUNDS / 2)
    process.stdout.write(
      `kill -9 of the intake: ${ROUNDS} rounds, ${ledger.length} acknowledged, ${kept.size} kept, 0 lost\n`,
    )
  }, 60_000)
})

describe('the intake', () => {
  it('stops cleanly when told, and when its launcher is gone', async () => {
    const first = await start()
    expect(await first.stop()).toBe(0)
    const second = await start()
    const gone = new Promise((resolve) => second.child.once('exit', resolve))
    second.child.disconnect()
    expect(await gone).toBe(0)
  })

  it('says in plain words that its port is taken, and does not touch the journal of the one that runs', async () => {
    await start()
    await expect(startProgram('gateway/intake/intake-main.js', env)).rejects.toThrow(
      /port \d+ on 127.0.0.1 is taken by another program: set VIGIL_MQTT_PORT/,
    )
    const [journal] = readdirSync(join(folder, 'journal'))
    expect(readdirSync(join(folder, 'journal', journal!))).toHaveLength(1)
  })

  it('serves its counts', async () => {
    const { ready } = await start()
    const answer = await fetch(`http://127.0.0.1:${String(ready['metricsPort'])}/`)
    expect(await answer.text()).toContain(`vigil_credentials_known ${DEVICES}`)
  })
})
