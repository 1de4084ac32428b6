import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { responseTimesSchema, type ReportBy, type ResponseTimes } from '../../domain/wire/reports.ts'
import { readCoverageReport } from '../../gateway/dispatch/coverage-report.ts'
import { coverageCsv, responseTimesCsv } from '../../gateway/dispatch/report-csv.ts'
import { EXCLUDED_LISTED_MAX, readResponseTimes } from '../../gateway/dispatch/response-times.ts'
import { csvText } from '../../gateway/http/csv-answer.ts'
import { seeded } from '../support/seeded.ts'
import { startCore, zone, type TestCore } from './harness.ts'

const SEED = Number(process.env['SEED'] ?? 20261125)
const START_MS = Date.parse('2026-10-01T00:00:00Z')

let core: TestCore
beforeEach(async () => {
  core = await startCore()
})
afterEach(() => core.stop())

interface Made {
  patrolId: string
  siteId: string | null
  zoneId: string | null
  state: string
  goalS: number | null
  disposition: string | null
  openedMs: number
  orderedMs: number
  enRouteMs: number | null
  onSceneMs: number | null
}

/** Orders as months of duty leave them: some declined, some never there, some drills, some outside of every zone. */
function make(count: number, chance: () => number): Made[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)]!
  return Array.from({ length: count }, () => {
    const openedMs = START_MS + Math.floor(chance() * 30 * 86_400_000)
    const orderedMs = openedMs + Math.floor(chance() * 60_000)
    const enRouteMs = chance() < 0.1 ? null : orderedMs + Math.floor(chance() * 90_000)
    const state = chance() < 0.1 ? pick(['declined', 'cancelled', 'diverted']) : 'cleared'
    const isThere = state === 'cleared' && chance() < 0.95
    return {
      patrolId: `p-${Math.floor(chance() * 5)}`,
      siteId: pick([null, 's-1', 's-2']),
      zoneId: pick([null, zone.id, 'gone']),
      state,
      goalS: pick([null, 180, 300]),
      disposition: pick([null, 'real', 'false', 'test', 'drill', 'real', 'real']),
      openedMs,
      orderedMs,
      enRouteMs,
      onSceneMs: isThere ? (enRouteMs ?? orderedMs) + Math.floor(chance() * 600_000) : null,
    }
  })
}

async function store(made: readonly Made[]): Promise<void> {
  const iso = (ms: number | null) => (ms === null ? null : toIso(ms))
  await core.database.execute(
    `insert into incident (id, number, state, body, opened_at) select 'i' || n, 'n' || n, 'closed', b, (b->>'openedAt')::timestamptz
       from unnest($1::jsonb[]) with ordinality as u(b, n)`,
    [made.map((m) => JSON.stringify({ zoneId: m.zoneId, siteId: m.siteId, disposition: m.disposition, openedAt: iso(m.openedMs) }))], // prettier-ignore
  )
  await core.database.execute(
    `insert into assignment (id, incident_id, patrol_id, state, body, ordered_at, ended)
     select 'a' || n, 'i' || n, b->>'patrolId', b->>'state', b, (b->>'orderedAt')::timestamptz, true
       from unnest($1::jsonb[]) with ordinality as u(b, n)`,
    [made.map((m) => JSON.stringify({ patrolId: m.patrolId, state: m.state, goalS: m.goalS, orderedAt: iso(m.orderedMs), enRouteAt: iso(m.enRouteMs), onSceneAt: iso(m.onSceneMs) }))], // prettier-ignore
  )
}

function ask(by: ReportBy, toMs = START_MS + 40 * 86_400_000): Promise<ResponseTimes> {
  const nameOf = (key: string | null) => key ?? ''
  const who = { role: 'officer', jurisdiction: '' } as const
  return readResponseTimes(core.database, { fromMs: START_MS, toMs, by, zones: [zone], nameOf, who })
}

/** The same by hand, in the plainest way. */
function byHand(made: readonly Made[], keyOf: (m: Made) => string | null) {
  const groups = new Map<string | null, Made[]>()
  const excluded: Record<string, number> = {}
  for (const m of made) {
    const why =
      m.state !== 'cleared'
        ? m.state
        : m.onSceneMs === null
          ? 'never-on-scene'
          : m.disposition === 'test' || m.disposition === 'drill'
            ? m.disposition
            : null
    if (why !== null) excluded[why] = (excluded[why] ?? 0) + 1
    else groups.set(keyOf(m), [...(groups.get(keyOf(m)) ?? []), m])
  }
  const rank = (values: number[]): [number, number] => {
    const sorted = values.toSorted((a, b) => a - b)
    return [0.5, 0.9].map((q) => sorted[Math.ceil(q * sorted.length) - 1]!) as [number, number]
  }
  const lines = [...groups].map(([key, list]) => {
    const way = (m: Made) => m.enRouteMs ?? m.orderedMs
    const goals = list.filter((m) => m.goalS !== null)
    const inside = goals.filter((m) => (m.onSceneMs! - m.orderedMs) / 1000 <= m.goalS!)
    return {
      key,
      n: list.length,
      insideShare: goals.length === 0 ? null : inside.length / goals.length,
      handlingS: rank(list.map((m) => (m.orderedMs - m.openedMs) / 1000)),
      turnoutS: rank(list.map((m) => (way(m) - m.orderedMs) / 1000)),
      travelS: rank(list.map((m) => (m.onSceneMs! - way(m)) / 1000)),
      responseS: rank(list.map((m) => (m.onSceneMs! - m.orderedMs) / 1000)),
    }
  })
  return { excluded, lines }
}

test('every figure is what counting by hand gives, by zone, hour, patrol and site', async () => {
  const made = make(700, seeded(SEED))
  await store(made)
  const zoneOf = (m: Made) => (m.zoneId === zone.id ? zone.id : null)
  const hourOf = (m: Made) => String(new Date(m.orderedMs).getHours()).padStart(2, '0')
  for (const [by, keyOf] of [
    ['zone', zoneOf],
    ['hour', hourOf],
    ['patrol', (m: Made) => m.patrolId],
    ['site', (m: Made) => m.siteId],
  ] as const) {
    const report = responseTimesSchema.parse(await ask(by))
    const hand = byHand(made, keyOf)
    expect(report.excludedBy, `seed ${SEED}`).toEqual(hand.excluded)
    expect(report.groups.length, `seed ${SEED}, ${by}`).toBe(hand.lines.length)
    for (const line of hand.lines) {
      const { key, insideShare, n, ...phases } = line
      const found = report.groups.find((group) => group.key === key)!
      expect([found.n, found.insideShare], `seed ${SEED}, ${by} ${key}`).toEqual([n, insideShare])
      for (const [phase, [p50, p90]] of Object.entries(phases)) {
        const seen = found[phase as 'travelS']
        expect(seen[0], `seed ${SEED}, ${by} ${key} ${phase}`).toBeCloseTo(p50, 3)
        expect(seen[1], `seed ${SEED}, ${by} ${key} ${phase}`).toBeCloseTo(p90, 3)
      }
    }
    expect(report.zones.map((line) => [line.zoneId, line.n])).toEqual(
      [zone.id, null].map((id) => [id, byHand(made, zoneOf).lines.find((line) => line.key === id)!.n]),
    )
    expect(report.n + report.excluded.length).toBe(700)
  }
  expect((await ask('zone', START_MS + 1)).zones.map((line) => line.responseS)).toEqual([
    [null, null],
    [null, null],
  ])
})

test('a hundred thousand orders are counted by the database, and their exclusions by reason', async () => {
  await core.database.execute(
    `insert into incident (id, number, state, body, opened_at)
     select 'i' || n, 'n' || n, 'closed', jsonb_build_object('zoneId', 'busy', 'siteId', 's' || n % 50, 'disposition', case when n % 50 = 0 then 'drill' else 'real' end), t
       from generate_series(1, 100000) as n, lateral (select timestamptz '2026-10-01Z' + n * interval '20 s' as t) as x`,
  )
  await core.database.execute(
    `insert into assignment (id, incident_id, patrol_id, state, body, ordered_at, ended)
     select 'a' || n, 'i' || n, 'p-' || n % 40, 'cleared', jsonb_build_object('goalS', 180, 'enRouteAt', t + interval '40 s', 'onSceneAt', t + n % 400 * interval '1 s' + interval '41 s'), t, true
       from generate_series(1, 100000) as n, lateral (select timestamptz '2026-10-01Z' + n * interval '20 s' + interval '9 s' as t) as x`,
  )
  const before = process.memoryUsage().heapUsed
  const startedMs = performance.now()
  const report = await ask('site')
  const tookMs = performance.now() - startedMs
  console.log(
    `100,000 orders by site: ${tookMs.toFixed(0)} ms, heap ${((process.memoryUsage().heapUsed - before) / 1e6).toFixed(1)} MB`,
  )
  expect([report.n, report.excludedBy, report.excluded.length]).toEqual([98_000, { drill: 2000 }, EXCLUDED_LISTED_MAX])
  expect(report.groups).toHaveLength(49)
  expect(report.groups[0]).toMatchObject({ n: 2000, handlingS: [9, 9], turnoutS: [40, 40] })
  // Half a minute's window of it does not read the rest.
  expect((await ask('zone', START_MS + 30_000)).n).toBe(1)
}, 120_000)

test('a spreadsheet gets UTF-8 with a mark, quoted cells, and no formula of somebody’s callsign', async () => {
  expect(csvText([['=1+1', '+86', '-x', '@a', '\tb', 'a,"b"', -5, null, '巡01']])).toBe(
    `﻿'=1+1,'+86,'-x,'@a,'\tb,"a,""b""",-5,,巡01\r\n`,
  )
  const made = make(60, seeded(SEED)).map((m) => ({ ...m, patrolId: '=cmd' }))
  await store(made)
  const lines = responseTimesCsv(await ask('patrol')).split('\r\n')
  expect(lines[0]!.startsWith('﻿from,2026-10-01')).toBe(true)
  expect(lines[3]).toBe(
    'patrol,name,n,inside_share,handling_p50_s,handling_p90_s,turnout_p50_s,turnout_p90_s,travel_p50_s,travel_p90_s,response_p50_s,response_p90_s',
  )
  expect(lines[4]).toMatch(/^'=cmd,'=cmd,\d+,0\.\d+,/)
})

test('the minutes in which a zone was held, by day, with those that nobody measured', async () => {
  const at = (minute: number) => toIso(Date.parse('2026-11-20T04:00:00Z') + minute * 60_000)
  const insert = (minute: number, share: number, goalS: number) =>
    core.database.execute('insert into coverage_minute values ($1, $2, $3, $4)', [zone.id, at(minute), share, goalS])
  for (let minute = 0; minute < 30; minute++) await insert(minute, minute < 20 ? 0.95 : 0.5, 180)
  await insert(30, 0.9, 120)
  await insert(3 * 1440, 1, 180)
  const zones = { all: new Map([[zone.id, zone]]), only: null }
  const span = { fromMs: Date.parse(at(0)) - 60_000, toMs: Date.parse(at(0)) + 5 * 86_400_000 }
  const report = await readCoverageReport(core.database, zones, span, 0.9)
  expect(report.days).toMatchObject([
    { zoneId: 'busy', name: '繁华区', measured: 31, held: 21, goalsS: [120, 180], leastShare: 0.5 },
    { zoneId: 'busy', measured: 1, held: 1, heldOfMeasured: 1 },
  ])
  expect(coverageCsv(report)).toContain(',busy,繁华区,120 180,31,21,0.6774,')
  const long = { fromMs: span.fromMs, toMs: span.fromMs + 500 * 86_400_000 }
  await expect(readCoverageReport(core.database, zones, long, 0.9)).rejects.toMatchObject({ code: 'bad-request' })
})
