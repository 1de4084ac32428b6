import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { until } from '../support/api.ts'
import { pause, spread, tell } from './support/figures.ts'
import { checkInvariants, untilStored } from './support/invariants.ts'
import { mountSmallDisk, unmount } from './support/privileges.ts'
import { connectPatiently, credentialsOf, Ledger } from './support/pressing.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const DISK = '8m'
/** Less than the tenth that is kept for presses, and room for hundreds of them. */
const LEFT_BYTES = 400_000
const PRESSES = 200
const disk = mkdtempSync(join(tmpdir(), 'vigil-nearly-full-'))
const isMounted = mountSmallDisk(disk, DISK)
if (!isMounted) {
  rmSync(disk, { recursive: true })
  process.stdout.write('D10 is skipped: only root may mount a small disk\n')
}

describe.skipIf(!isMounted)('a disk of the journal that is nearly full', () => {
  let centre: WholeCentre
  beforeAll(async () => {
    centre = await startWholeCentre({ VIGIL_JOURNAL_DIR: disk })
  })
  afterAll(async () => {
    await centre?.stop()
    unmount(disk)
    rmSync(disk, { recursive: true, force: true })
  })
  const fixes = async () => {
    const [row] = await centre.database.query<{ n: number }>('select count(*)::int as n from fix')
    return row!.n
  }
  const isTold = async () =>
    (await centre.admin.get<Snapshot>('snapshot')).troubles.some(({ code }) => code === 'disk-low')

  test('keeps no more fixes, says so within 10 s, and takes every press; with room again all goes on by itself', async () => {
    // Two, because who presses two hundred times in a row is read slowly, and its fixes are the first to go.
    const [presser, driver] = await credentialsOf(centre.admin, 'taxi', ['taxi-001', 'taxi-002'])
    const client = connectPatiently(centre.mqttPort, presser!)
    const moving = connectPatiently(centre.mqttPort, driver!)
    const startMs = Date.now()
    let sent = 0
    const drive = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const fix = { at: new Date(startMs + sent++ * 10).toISOString(), lng: 114.61, lat: 21.96, speedMps: 1 }
        await moving.publishAsync(topicOf('taxi', 'taxi-002', 'fix'), JSON.stringify([fix]), { qos: 0 })
        await pause(20)
      }
    }
    await drive(20)
    await until('fixes are kept', 10_000, async () => (await fixes()) === 20)

    const { bavail, bsize } = statfsSync(disk)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - LEFT_BYTES, 1))
    const lowMs = performance.now()
    await until('the operator is told', 10_000, isTold)
    const toldMs = performance.now() - lowMs
    await drive(50)
    const ledger = new Ledger()
    const takenMs: number[] = []
    for (let i = 0; i < PRESSES; i++) {
      const eventId = `low-${i}`
      const pressedMs = performance.now()
      const payload = JSON.stringify({ id: eventId, type: 'panic', note: 'x'.repeat(500) })
      await client.publishAsync(topicOf('taxi', 'taxi-001', 'event'), payload, { qos: 1 })
      ledger.promised.push({ deviceId: 'taxi-001', eventId, pressedMs, pubackMs: performance.now() })
      takenMs.push(performance.now() - pressedMs)
    }
    await untilStored(centre.database, ledger)
    await checkInvariants(centre.database, ledger)
    expect(await fixes(), 'no fix went into the history').toBe(20)
    const { vehicles } = await centre.admin.get<Snapshot>('snapshot')
    expect(vehicles.find(({ id }) => id === 'taxi-002')!.lng, 'the live map goes on').toBeCloseTo(114.61)

    rmSync(ballast)
    await until('the trouble is over', 10_000, async () => !(await isTold()))
    await drive(10)
    await until('fixes are kept again', 10_000, async () => (await fixes()) === 30)
    await Promise.all([client.endAsync(true), moving.endAsync(true)])
    tell({
      id: 'D10',
      promise: 'disk of the journal nearly full: telemetry stops first',
      figure: `told after ${toldMs.toFixed(0)} ms; 50 fixes kept in no history, ${PRESSES} presses acknowledged and stored meanwhile, ${spread(takenMs)}; goes on by itself with room`,
    })
  })
})
