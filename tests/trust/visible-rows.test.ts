import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EscalatedTo } from '../../domain/alarm.ts'
import { isCalled } from '../../domain/calls.ts'
import { covers, jurisdictionOf } from '../../domain/jurisdiction.ts'
import { ROLES } from '../../domain/officer.ts'
import { calledRows, thingRows } from '../../gateway/live/visible-rows.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const SEED = Number(process.env['VIGIL_SEED'] ?? Date.now() % 1_000_000)
const ROWS = 400
let made: TestDatabase
beforeAll(async () => {
  made = await testDatabase()
})
afterAll(() => made.drop())

/** mulberry32: the same numbers from the same seed. */
function createRandom(seed: number): <T>(from: readonly T[]) => T {
  let a = seed
  return (from) => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return from[((t ^ (t >>> 14)) >>> 0) % from.length]!
  }
}

const TREE = ['', 'a', 'a/b', 'a/bb', 'a/b/x', 'a/c', 'z', 'z/b'] as const
const at = '2026-11-25T12:00:00.000Z'

test('the SQL of who sees what decides as the rule of the domain does', async () => {
  const pick = createRandom(SEED)
  const sites = new Map(TREE.map((jurisdiction) => [`site-${jurisdiction}`, { jurisdiction }]))
  for (const [id, body] of sites) {
    await made.database.execute('insert into site (id, body) values ($1, $2)', [id, JSON.stringify(body)])
  }
  const call = (): EscalatedTo => {
    return { to: pick(['parent', 'neighbours', 'supervisors', 'everyone']), jurisdiction: pick(TREE), at }
  }
  const rows = Array.from({ length: ROWS }, () => ({
    ...(pick([true, false]) && { jurisdiction: pick(TREE) }),
    siteId: pick([null, 'site-gone', ...sites.keys()]),
    ...(pick([true, false]) && { escalatedTo: Array.from({ length: pick([0, 1, 2]) }, call) }),
  }))
  const numbersWhere = async (where: string, params: readonly unknown[]) => {
    const found = await made.database.query<{ n: number }>(
      `select n::integer from unnest($1::jsonb[]) with ordinality as thing(body, n) where ${where} order by n`,
      [rows.map((row) => JSON.stringify(row)), ...params],
    )
    return found.map(({ n }) => n - 1)
  }
  const numbersBy = (sees: (row: (typeof rows)[number]) => boolean) => rows.flatMap((row, n) => (sees(row) ? [n] : []))
  let visited = 0
  for (const jurisdiction of TREE) {
    for (const role of ROLES) {
      const who = { role, jurisdiction }
      const called = calledRows(who, 'thing.body', 2)
      const byRule = numbersBy((row) => isCalled(who, row))
      expect(await numbersWhere(called.where, called.params), `${role} of ${jurisdiction}, seed ${SEED}`).toEqual(
        byRule,
      )
      visited += byRule.length
    }
    const things = thingRows({ role: 'officer', jurisdiction }, 'thing.body', 2)
    const byRule = numbersBy((row) =>
      covers(
        jurisdiction,
        jurisdictionOf(row, (id) => sites.get(id)),
      ),
    )
    expect(await numbersWhere(things.where, things.params), `${jurisdiction}, seed ${SEED}`).toEqual(byRule)
  }
  expect(visited).toBeGreaterThan(TREE.length * ROLES.length)
})
