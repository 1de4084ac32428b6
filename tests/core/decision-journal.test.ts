import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import type { Decision } from '../../gateway/alarms/apply-decision.ts'
import { DecisionJournal } from '../../gateway/alarms/decision-journal.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let made: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'vigil-decisions-'))
beforeAll(async () => {
  made = await testDatabase()
})
afterAll(async () => {
  await made.drop()
  rmSync(folder, { recursive: true })
})

const decision = (id: string): Decision => ({
  id,
  alarmId: `alarm-${id}`,
  deviceId: 'btn-1',
  deviceKind: 'button',
  actor: '李',
  at: '2026-11-25T12:00:00.000Z',
  seen: 1,
})

/** A core that comes up on this folder, and what it finds there. */
async function start(root: string) {
  const { database } = made
  const journal = new DecisionJournal({ database, root, log: silentLog, metrics: new Metrics(), clock: systemClock })
  const found = await journal.open()
  return { journal, ids: found.map(({ id }) => id), found }
}

/** The bytes that a core which is killed now leaves behind. */
function crash(root: string, name: string): { root: string; lastSegment: string } {
  const left = join(folder, name)
  cpSync(root, left, { recursive: true })
  const segments = readdirSync(left, { recursive: true, encoding: 'utf8' })
    .map((file) => join(left, file))
    .filter((file) => statSync(file).isFile() && file.endsWith('.segment'))
    .sort()
  return { root: left, lastSegment: segments.at(-1)! }
}

test('after a crash every whole answer is read again, and a torn tail costs nothing but itself', async () => {
  const root = join(folder, 'first')
  const { journal, ids } = await start(root)
  expect(ids).toEqual([])
  await journal.append(decision('1'))
  await journal.append(decision('2'))
  const wholeBytes = statSync(crash(root, 'two').lastSegment).size
  await journal.append(decision('3'))
  const bytes = statSync(crash(root, 'three').lastSegment).size
  expect(bytes).toBeGreaterThan(wholeBytes)
  let visited = 0
  for (let cut = wholeBytes; cut <= bytes; cut += 7) {
    const left = crash(root, `cut-${cut}`)
    truncateSync(left.lastSegment, cut)
    const again = await start(left.root)
    expect(again.found, `cut at byte ${cut}`).toEqual([decision('1'), decision('2')])
    // What is answered after the crash stands behind it, and a second crash finds it as well.
    await again.journal.append(decision('after'))
    const twice = await start(crash(left.root, `twice-${cut}`).root)
    expect(twice.ids).toEqual(['1', '2', 'after'])
    await Promise.all([again.journal.close(), twice.journal.close()])
    visited++
  }
  expect(visited).toBeGreaterThan(10)
  const whole = await start(crash(root, 'whole').root)
  expect(whole.ids).toEqual(['1', '2', '3'])
  await Promise.all([whole.journal.close(), journal.close()])
})

test('a take-over and an order by radio are read again as they were made, after a crash, too', async () => {
  const root = join(folder, 'kinds')
  const { journal } = await start(root)
  const taken: Decision = { ...decision('k1'), do: 'take-over', reason: '换班', sessionId: null }
  const sent: Decision = { ...decision('k2'), do: 'radio-order', patrolId: 'patrol-01' }
  await journal.append(taken)
  await journal.append(sent)
  const again = await start(crash(root, 'kinds-left').root)
  expect(again.found).toEqual([taken, sent])
  await Promise.all([again.journal.close(), journal.close()])
})

test('what is merged is not read again, what waits is', async () => {
  const root = join(folder, 'second')
  const { journal } = await start(root)
  for (const id of ['1', '2']) await journal.append(decision(id))
  await journal.forget((id) => id === '1')
  // Whole pages only: both come again, and the table keeps the first from counting twice.
  const early = await start(crash(root, 'early').root)
  expect(early.ids).toEqual(['1', '2'])
  await journal.forget(() => true)
  await journal.append(decision('3'))
  const late = await start(crash(root, 'late').root)
  expect(late.ids).toEqual(['3'])
  await Promise.all([early, late].map((one) => one.journal.close()))
  await journal.close()
})
