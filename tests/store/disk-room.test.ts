import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Trouble } from '../../domain/trouble.ts'
import { createFixBatch } from '../../gateway/store/fix-batch.ts'
import { DiskRoom, type Folders } from '../../gateway/store/disk-room.ts'
import { startCore, type TestCore } from '../core/harness.ts'
import { mountSmallDisk, unmount } from '../faults/support/privileges.ts'

const root = mkdtempSync(join(tmpdir(), 'vigil-room-'))
const [small, other] = [join(root, 'small'), join(root, 'other')]
for (const folder of [small, other]) mkdirSync(folder)
const isMounted = mountSmallDisk(small, '2m')

/** Leaves this many bytes on the small disk. */
function leave(bytes: number): void {
  rmSync(join(small, 'ballast'), { force: true })
  const { bavail, bsize } = statfsSync(small)
  writeFileSync(join(small, 'ballast'), Buffer.alloc(bavail * bsize - bytes, 1))
}

describe.skipIf(!isMounted)('the last room of a disk', () => {
  let core: TestCore
  beforeAll(async () => {
    core = await startCore()
  })
  afterAll(async () => {
    await core.stop()
    unmount(small)
    rmSync(root, { recursive: true })
  })
  const roomOf = (folders: Folders) => new DiskRoom({ ...core, folders })
  const told = () => [...core.state.troubles.values()].filter(({ code }: Trouble) => code === 'disk-low')

  test('is not for fixes: they are dropped and counted, the desk is told once, and all begins again by itself', async () => {
    const room = roomOf({ journal: small, data: other, record: small })
    const fixes = createFixBatch({ ...core, mayKeep: () => room.mayKeepHistory() })
    const fix = { vehicleId: 'v', lng: 1, lat: 1, speedMps: 0, bearingDeg: NaN, accuracyM: NaN, flags: 0 }
    const push = () => fixes.push({ ...fix, takenAtMs: core.clock.nowMs(), receivedAtMs: core.clock.nowMs() })
    const kept = async () => {
      await fixes.flush()
      return (await core.database.query('select 1 from fix')).length
    }
    await room.look()
    push()
    expect([room.mayRecord(), await kept(), told()]).toEqual([true, 1, []])
    leave(100_000)
    await room.look()
    for (let i = 0; i < 10; i++) push()
    expect([room.mayRecord(), await kept()]).toEqual([false, 1])
    expect(core.metrics.text()).toMatch(/vigil_history_shed_total\{[^}]*disk-low[^}]*\} 10/)
    // Journal and recordings are on one disk: one sentence.
    expect(told()).toMatchObject([{ subjectId: 'disk-journal', facts: { mb: 0 } }])
    // A little more room is not enough: it would come and go.
    leave(250_000)
    await room.look()
    expect(room.mayKeepHistory()).toBe(false)
    rmSync(join(small, 'ballast'))
    await room.look()
    push()
    expect([room.mayRecord(), await kept(), told()]).toEqual([true, 2, []])
    await fixes.close()
  })

  test('of the recordings’ own disk stops recordings alone', async () => {
    const room = roomOf({ journal: other, data: other, record: small })
    leave(50_000)
    await room.look()
    expect([room.mayRecord(), room.mayKeepHistory()]).toEqual([false, true])
    expect(told()).toMatchObject([{ subjectId: 'disk-record' }])
    rmSync(join(small, 'ballast'))
    await room.look()
    expect(told()).toEqual([])
  })

  test('is not asked of a folder that is not there yet', async () => {
    const room = roomOf({ journal: other, data: other, record: join(root, 'none') })
    await room.look()
    expect([room.mayRecord(), room.mayKeepHistory()]).toEqual([true, true])
  })
})
