import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quantile } from '../bench/figures.ts'
import { until } from '../support/api.ts'
import { pause, spread, tell } from './support/figures.ts'
import { type Credential, credentialsOf, startPressing } from './support/pressing.ts'
import { fill, mayMount, mountSmallDisk, unmount } from './support/privileges.ts'
import { settle } from './support/settle.ts'
import { pressToDeskMs, type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

/** Holds the server's programs, an empty cluster and its log. */
const DISK = '600m'
const TOLD_WITHIN_MS = 15_000
const isPossible = mayMount()
if (!isPossible) process.stdout.write('D4 is skipped: only root may mount a small disk\n')

describe.skipIf(!isPossible)('a full disk of the database', () => {
  let centre: WholeCentre
  let desk: WatchingDesk
  let credentials: Credential[]
  const folderOf = (dataDir: string) => join(dataDir, 'postgres')

  beforeAll(async () => {
    centre = await startWholeCentre(
      {},
      {
        prepare: (dataDir) => {
          mkdirSync(folderOf(dataDir), { mode: 0o755 })
          mountSmallDisk(folderOf(dataDir), DISK)
        },
        cleanUp: (dataDir) => unmount(folderOf(dataDir)),
      },
    )
    credentials = await credentialsOf(
      centre.admin,
      'taxi',
      Array.from({ length: 8 }, (_, i) => `taxi-00${i + 1}`),
    )
    desk = watchAsDesk(centre.httpUrl, centre.admin.token)
    await until('the desk is connected', 10_000, async () => desk.isConnected() && (await Promise.resolve(true)))
  })
  afterAll(async () => {
    desk?.close()
    await centre?.stop()
  })

  test('first refuses rows, then ends the server: presses are promised and shown, the operator is told, nothing is lost', async () => {
    const pressing = startPressing(centre.mqttPort, credentials, 'D4', 300)
    await until('each device has been heard', 20_000, async () => {
      await Promise.resolve()
      return new Set(pressing.ledger.promised.map(({ deviceId }) => deviceId)).size === credentials.length
    })
    const ballast = join(folderOf(centre.dataDir), 'ballast')
    const before = desk.words.length
    fill(ballast)
    const fullMs = performance.now()
    // Rows still fit into pages that are there; the log's next file does not, and then the server cannot go on.
    let ends = ''
    let toldMs = NaN
    await until('the operator is told', TOLD_WITHIN_MS, async () => {
      await centre.database.query('select pg_switch_wal()').catch((error: unknown) => (ends ||= String(error)))
      if (!desk.words.slice(before).some((word) => !word.includes('database ok'))) return false
      toldMs = performance.now() - fullMs
      return true
    })
    await pause(3_000)
    const provisional = desk.provisional.length
    rmSync(ballast)
    const roomMs = performance.now()
    await until('the database answers', 30_000, async () => {
      await centre.database.query('select 1')
      return true
    })
    const answersMs = performance.now() - roomMs
    await pause(1_000)
    await pressing.stop()
    const { ledger } = pressing
    await settle(centre, [desk], ledger, credentials)
    const meanwhile = ledger.promised.filter((one) => one.pressedMs >= fullMs && one.pressedMs <= roomMs)
    const puback = meanwhile.map((one) => one.pubackMs - one.pressedMs)
    const toDesk = pressToDeskMs(desk.seen, ledger.pressedMs, new Map(), fullMs, roomMs)
    tell({
      id: 'D4',
      promise: 'disk of the database full',
      figure: `the strip says so after ${toldMs.toFixed(0)} ms; ${provisional} occurrences shown provisionally; ${answersMs.toFixed(0)} ms after there was room the server answered by itself; ${ledger.promised.length} promised, 0 lost, 0 twice; meanwhile press → PUBACK ${spread(puback)}; press → desk ${spread(toDesk)}${ends ? `; the server had ended (${ends.slice(0, 90)})` : ''}`,
    })
    expect(provisional).toBeGreaterThan(0)
    expect(quantile(puback, 0.99)).toBeLessThan(2_000)
    expect(quantile(toDesk, 0.5)).toBeLessThan(2_000)
  })
})
