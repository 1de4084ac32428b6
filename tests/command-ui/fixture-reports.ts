import { toIso } from '../../domain/clock.ts'
import { PERCENTILES, type CoverageReport, type ReportBy, type ResponseTimes } from '../../domain/wire/reports.ts'
import { HELD_SHARE } from '../../domain/zone.ts'
import { seeded } from '../support/seeded.ts'

const DAY_MS = 86_400_000
const NAMES: Record<ReportBy, readonly string[]> = {
  zone: ['一分钟圈 · 学校与车站', '三分钟圈 · 中心商圈', '五分钟圈 · 滨河片区', '八分钟圈 · 全区'],
  hour: Array.from(
    { length: 24 },
    (_, hour) => `${String(hour).padStart(2, '0')}:00–${String(hour).padStart(2, '0')}:59`,
  ),
  patrol: ['巡01', '巡02', '巡03', '巡07', '特警 1', '铁骑 04'],
  site: ['实验小学', '第二中学', '滨河医院', '人民广场', '长途汽车站'],
}
const GOALS_S = [60, 180, 300, 480]

/** Figures that a centre could answer; the same question, the same figures. */
export function madeUpResponseTimes(by: ReportBy, from: string, to: string): ResponseTimes {
  const chance = seeded(by.length * 7)
  const line = (goalS: number) => {
    const p50 = goalS * (0.45 + chance() * 0.3)
    const p90 = p50 * (1.3 + chance() * 0.6)
    const pair = (share: number): [number, number] => [p50 * share, p90 * share]
    return {
      n: 4 + Math.floor(chance() * 90),
      insideShare: 0.78 + chance() * 0.22,
      handlingS: [18 + chance() * 20, 45 + chance() * 30] as [number, number],
      turnoutS: pair(0.2),
      travelS: pair(0.8),
      responseS: pair(1),
    }
  }
  const zones = NAMES.zone.map((name, i) => ({ zoneId: `z${i}`, name, goalS: GOALS_S[i]!, ...line(GOALS_S[i]!) }))
  const excludedBy = { cancelled: 9, 'never-on-scene': 3, declined: 2, drill: 1 }
  return {
    from,
    to,
    n: zones.reduce((sum, { n }) => sum + n, 0),
    percentiles: PERCENTILES,
    excluded: Object.entries(excludedBy).flatMap(([why, n]) =>
      Array.from({ length: n }, (_, i) => ({ assignmentId: `01K9${why.slice(0, 3).toUpperCase()}${i}`, why })),
    ),
    excludedBy,
    by,
    groups: NAMES[by].map((name, i) => ({ key: by === 'hour' ? name.slice(0, 2) : `${by}-${i}`, name, ...line(300) })),
    zones: [...zones, { zoneId: null, name: '', goalS: null, ...line(300), n: 0 }],
  }
}

/** Whole days but the last; one day without a measurement. */
export function madeUpCoverage(from: string, to: string): CoverageReport {
  const chance = seeded(5)
  const days: CoverageReport['days'] = []
  for (let ms = Date.parse(from), d = 0; ms < Date.parse(to); ms += DAY_MS, d++) {
    for (const [i, name] of NAMES.zone.entries()) {
      if (d === 3) continue
      const measured = 1440
      const held = Math.floor(measured * Math.min(1, 0.55 + chance() * 0.6))
      const shares = { heldOfMeasured: held / measured, meanShare: 0.9, leastShare: 0.3 + chance() * 0.5 }
      const at = new Date(ms)
      const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
      days.push({ zoneId: `z${i}`, name, day, goalsS: [GOALS_S[i]!], measured, held, ...shares })
    }
  }
  return { from, to, heldShare: HELD_SHARE, timeZone: 'Asia/Shanghai', days }
}

/** Nothing happened. */
export function emptyResponseTimes(): ResponseTimes {
  const at = toIso(0)
  const none = { excluded: [], excludedBy: {}, groups: [], zones: [] }
  return { from: at, to: at, n: 0, percentiles: PERCENTILES, by: 'zone', ...none }
}
