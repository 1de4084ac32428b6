import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyChain } from '../../gateway/live/event-rows.ts'
import type { Database } from '../../gateway/store/database.ts'
import { startCore, type TestCore } from './harness.ts'

let core: TestCore
beforeAll(async () => {
  core = await startCore()
})
afterAll(async () => {
  await core.stop()
})

function note(i: number) {
  return {
    kind: 'note' as const,
    action: 'written',
    subjectId: `n${i}`,
    actor: 'li',
    body: { z: i, a: { b: [1.5, null], '0': '文' } },
  }
}

test('numbers are gapless and told in order under 20 concurrent transactions, some of which fail', async () => {
  const heard: number[] = []
  const stop = core.events.subscribe((event) => heard.push(event.n))
  const runs = Array.from({ length: 60 }, (_, i) =>
    core.events.transact(async (tx) => {
      await core.events.append(tx, note(i))
      if (i % 7 === 3) throw new Error('rolled back')
      await core.events.append(tx, note(i))
    }),
  )
  const results = await Promise.allSettled(runs)
  stop()
  const kept = results.filter((r) => r.status === 'fulfilled').length
  expect(kept).toBeGreaterThan(40)
  expect(heard).toEqual(Array.from({ length: kept * 2 }, (_, i) => i + 1))
})

test('an event appended in a plain transaction is told soon, and stored text is what was hashed', async () => {
  const n = core.events.n
  await core.database.tx((tx) =>
    core.events.append(tx, { ...note(1), body: { text: 'a\u0000b\ud800c', tiny: 1e-7, big: 1e21 } }),
  )
  await core.events.look()
  expect(core.events.n).toBe(n + 1)
  expect(core.events.after(n)).toHaveLength(1)
  expect(core.events.after(n + 5)).toBeNull()
})

test('the chain is checked as of one moment: what is appended meanwhile breaks nothing', async () => {
  const before = core.events.n
  let reads = 0
  // Between the rows and the end of the chain somebody else commits.
  const database: Pick<Database, 'tx'> = {
    tx: (work, options) =>
      core.database.tx(async (tx) => {
        const query = async <Row>(sql: string, values?: readonly unknown[]) => {
          const rows = await tx.query<Row>(sql, values)
          if (reads++ === 0) await core.events.transact((other) => core.events.append(other, note(0)))
          return rows
        }
        return await work({ query, execute: (sql, values) => tx.execute(sql, values) })
      }, options),
  }
  expect(await verifyChain(database)).toEqual({ checked: before, brokenAt: null })
  expect(reads).toBeGreaterThan(1)
  expect(core.events.n).toBe(before + 1)
})

test('the chain verifies, and a row that was changed is found', async () => {
  const all = core.events.n
  expect(await verifyChain(core.database)).toEqual({ checked: all, brokenAt: null })
  await core.database.execute(`update event set actor = 'somebody else' where n = 17`)
  expect(await verifyChain(core.database)).toEqual({ checked: 16, brokenAt: 17 })
  await core.database.execute(`update event set actor = 'li' where n = 17`)
  await core.database.execute('delete from event where n = $1', [all])
  expect((await verifyChain(core.database)).brokenAt).toBe(all)
})
