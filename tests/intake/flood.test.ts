import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import mqtt from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { readRecord } from '../../gateway/alarms/read-record.ts'
import { JOURNAL_START, JournalReader } from '../../gateway/intake/journal/reader.ts'
import { quantile } from '../bench/figures.ts'
import { type Program, startProgram } from '../support/program.ts'

const FLOODING = 50
const SECONDS = 5
/** Of about 45 presses. Read without turns it was four with events, and none with fixes, whose flood let no login through. */
const HEARD_MIN = 10

interface Counts {
  sent: number
  acknowledged: number
  closed: number
}
let folder: string
let intake: Program
let port: number
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-flood-'))
  mkdirSync(join(folder, 'intake'))
  const hash = (text: string) => createHash('sha256').update(text).digest('base64')
  const ids = [...Array.from({ length: FLOODING }, (_, i) => `f${i}`), 'school']
  writeFileSync(join(folder, 'intake', 'credentials.json'), JSON.stringify(ids.map((id) => [id, 'button', hash(id)])))
  intake = await startProgram('gateway/intake/intake-main.js', {
    VIGIL_DATA_DIR: folder,
    VIGIL_MQTT_PORT: '0',
    VIGIL_CENTRE_MQTT_PASSWORD: 'centre',
  })
  port = Number(intake.ready['mqttPort'])
})
afterEach(async () => {
  await intake.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A device of another school presses ten times a second. @returns how long each PUBACK took, ms */
async function pressesOfASchool(): Promise<number[]> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'school',
    username: 'school',
    password: 'school',
    protocolVersion: 4,
  })
  const took: number[] = []
  const endMs = performance.now() + SECONDS * 1_000
  for (let i = 0; performance.now() < endMs; i++) {
    const startedMs = performance.now()
    await client.publishAsync('vigil/1/button/school/event', `{"id":"s${i}","type":"panic"}`, { qos: 1 })
    took.push(performance.now() - startedMs)
    await pause(100)
  }
  await client.endAsync(true)
  return took
}

async function underFlood(channel: 'event' | 'fix', qos: 0 | 1): Promise<{ took: number[]; counts: Counts }> {
  const devices = Array.from({ length: FLOODING }, (_, i) => ({ id: `f${i}`, password: `f${i}` }))
  const worker = new Worker(new URL('flooder.mjs', import.meta.url), { workerData: { port, devices, channel, qos } })
  let counts: Counts = { sent: 0, acknowledged: 0, closed: 0 }
  worker.on('message', (now: Counts) => (counts = now))
  await expect.poll(() => counts.sent, { timeout: 20_000 }).toBeGreaterThan(0)
  await pause(500)
  const took = await pressesOfASchool()
  await worker.terminate()
  return { took, counts }
}

/** Ids of the journal's records of flooding devices. */
async function journalled(): Promise<number> {
  let records = 0
  for (const journal of readdirSync(join(folder, 'journal'))) {
    const reader = new JournalReader({ folder: join(folder, 'journal', journal), journal, log: silentLog })
    let cursor = JOURNAL_START
    for (;;) {
      const { records: more, next } = await reader.readFrom(cursor, 1_000)
      if (more.length === 0) break
      records += more.filter((one) => one.deviceId.startsWith('f') && readRecord(one).decoded.readable).length
      cursor = next
    }
  }
  return records
}

describe(`while ${FLOODING} devices send as fast as they can`, () => {
  it('another school is heard between them, and no acknowledged signal of theirs is lost', async () => {
    const { took, counts } = await underFlood('event', 1)
    const kept = await journalled()
    process.stdout.write(
      `flood of events: the school’s ${took.length} presses p50 ${quantile(took, 0.5).toFixed(0)}, p99 ${quantile(took, 0.99).toFixed(0)} ms; ` +
        `${FLOODING} devices: ${counts.acknowledged} acknowledged, ${kept} kept, ${counts.closed} closed\n`,
    )
    expect(kept).toBeGreaterThanOrEqual(counts.acknowledged)
    expect(counts.acknowledged).toBeGreaterThan(FLOODING * 5)
    expect(took.length).toBeGreaterThan(HEARD_MIN)
  }, 40_000)

  it('with fixes, another school is heard between them', async () => {
    const { took, counts } = await underFlood('fix', 0)
    process.stdout.write(
      `flood of fixes: the school’s ${took.length} presses p50 ${quantile(took, 0.5).toFixed(0)}, p99 ${quantile(took, 0.99).toFixed(0)} ms; ` +
        `${counts.sent} sent, ${counts.closed} closed\n`,
    )
    expect(took.length).toBeGreaterThan(HEARD_MIN)
  }, 40_000)
})
