import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { until } from '../support/api.ts'
import { pause, tell } from './support/figures.ts'
import { checkInvariants, untilStored } from './support/invariants.ts'
import { fill, mountSmallDisk, unmount } from './support/privileges.ts'
import { connectPatiently, credentialsOf, Ledger } from './support/pressing.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

/** Some presses long, and soon full. */
const DISK = '512k'
const disk = mkdtempSync(join(tmpdir(), 'vigil-full-'))
const isMounted = mountSmallDisk(disk, DISK)
if (!isMounted) {
  rmSync(disk, { recursive: true })
  process.stdout.write(
    'D5 is skipped: only root may mount a small disk; tests/intake/journal.test.ts fails the file instead\n',
  )
}

describe.skipIf(!isMounted)('a full disk of the journal', () => {
  let centre: WholeCentre
  beforeAll(async () => {
    centre = await startWholeCentre({ VIGIL_JOURNAL_DIR: disk })
  })
  afterAll(async () => {
    await centre?.stop()
    unmount(disk)
    rmSync(disk, { recursive: true, force: true })
  })

  test('acknowledges nothing, is a trouble on the desk within 10 s, and goes on by itself when there is room', async () => {
    const [credential] = await credentialsOf(centre.admin, 'taxi', ['taxi-001'])
    const ledger = new Ledger()
    const client = connectPatiently(centre.mqttPort, credential!)
    let closes = 0
    client.on('close', () => closes++)
    const press = (eventId: string): Promise<boolean> => {
      const pressedMs = performance.now()
      const payload = JSON.stringify({ id: eventId, type: 'panic', note: 'x'.repeat(500) })
      const acknowledged = client.publishAsync(topicOf('taxi', 'taxi-001', 'event'), payload, { qos: 1 }).then(() => {
        ledger.promised.push({ deviceId: 'taxi-001', eventId, pressedMs, pubackMs: performance.now() })
        return true
      })
      return Promise.race([acknowledged, pause(1_500).then(() => false)])
    }
    for (let i = 0; i < 20; i++) expect(await press(`before-${i}`)).toBe(true)

    const ballast = join(disk, 'ballast')
    fill(ballast)
    const fullMs = Date.now()
    // What fits into the page that the journal already has is still made durable, and rightly acknowledged.
    let accepted = 0
    while (accepted < 50 && (await press(`full-${accepted}`))) accepted++
    expect(accepted).toBeLessThan(20)
    const refusedBefore = ledger.promised.length
    // Asked of the log: in the snapshot it may be over again for a moment, while the device has come back to try once more.
    const raised = await until('the trouble', 10_000, async () => {
      const rows = await centre.database.query<{ at: string }>(
        `select at from event where kind = 'trouble' and action = 'raised' and body->>'code' = 'journal-failed' order by n`,
      )
      return rows[0]?.at
    })
    const troubleMs = Date.parse(raised) - fullMs
    await pause(1_000)
    expect(ledger.promised).toHaveLength(refusedBefore)
    expect(closes).toBeGreaterThan(0)

    rmSync(ballast)
    const roomMs = performance.now()
    await until('the press that was refused is acknowledged', 10_000, async () => {
      await pause(0)
      return ledger.promised.length > refusedBefore
    })
    const goesOnMs = performance.now() - roomMs
    for (let i = 0; i < 20; i++) expect(await press(`after-${i}`)).toBe(true)
    await untilStored(centre.database, ledger)
    await checkInvariants(centre.database, ledger)
    // Measured and told, not asserted: the desk's word about it may lag behind the device's success.
    const over = await until('the trouble is over', 5_000, async () => {
      const { troubles } = await centre.admin.get<Snapshot>('snapshot')
      return !troubles.some(({ code }) => code === 'journal-failed')
    }).then(
      () => 'and is over afterwards',
      () => 'and **still stands 5 s after it is over**',
    )
    await client.endAsync(true)
    tell({
      id: 'D5',
      promise: 'disk of the journal full',
      figure: `no PUBACK, connection closed ${closes} times, trouble on the desk after ${troubleMs.toFixed(0)} ms ${over}; ${goesOnMs.toFixed(0)} ms after there was room the same press was acknowledged; ${ledger.promised.length} promised, 0 lost`,
    })
  })
})
