import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { checkJunctions, schemaRoad } from '../../domain/city/check-roads.ts'
import { ProblemList } from '../../domain/city/problem-list.ts'
import { plainJunction, plainRoad } from '../../domain/city/read-road.ts'
import { ROAD_CLASSES } from '../../domain/roads/speeds.ts'
import { plainRows } from '../../gateway/city/plain-rows.ts'
import { seeded } from '../support/seeded.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
console.log(`SEED=${SEED}`)

const pick = <T>(chance: () => number, values: readonly T[]): T => values[Math.floor(chance() * values.length)]!

/** Mostly right; each member is sometimes something that has been seen in a file, or might be. */
function oddRoad(chance: () => number): unknown {
  const odd = (right: unknown, ...others: unknown[]): unknown => (chance() < 0.07 ? pick(chance, others) : right)
  const point = () => odd([114 + chance(), 22 + chance()], [114, 22, 5], ['114', '22'], [200, 22], [114], null)
  const properties = {
    id: odd(`R${Math.floor(chance() * 1e6)}`, 7, '', 'a b', 'x'.repeat(41), null),
    from: odd('J1', undefined, '路口'),
    to: odd('J2', 3),
    class: odd(pick(chance, ROAD_CLASSES), 'highway', 1, undefined),
    oneway: odd(pick(chance, [true, false, undefined]), 'yes', 'no', 1, 'maybe', null),
    speedKmh: odd(pick(chance, [undefined, 50, 33.3]), '50', 0, 900, null, 'fast'),
    name: odd(pick(chance, [undefined, null, '中山路']), 5, 'x'.repeat(121), ''),
    nameEn: odd(undefined, 'Main St', false),
    surface: 'asphalt',
  }
  const coordinates = odd([point(), point(), point()], [], [point()], 'line', null)
  const geometry = odd({ type: odd('LineString', 'Point', 'lineString'), coordinates }, null, undefined)
  return odd({ type: 'Feature', properties, geometry }, null, 'x', { geometry }, { properties })
}

it('a road that is taken without the schema is the road that the schema would have made', () => {
  const counts = { plain: 0, bySchema: 0, wrong: 0 }
  for (let round = 0; round < 5000; round++) {
    const chance = seeded(SEED + round)
    const feature = oddRoad(chance)
    const list = new ProblemList()
    const checked = schemaRoad(feature, 'feature 1', list)
    const plain = plainRoad(feature)
    if (plain) expect(plain, `seed ${SEED + round}`).toEqual(checked)
    expect(checked === null, `seed ${SEED + round}`).toBe(list.problems.length > 0)
    counts[plain ? 'plain' : checked ? 'bySchema' : 'wrong']++
  }
  expect(counts.plain).toBeGreaterThan(500)
  expect(counts.bySchema).toBeGreaterThan(50)
  expect(counts.wrong).toBeGreaterThan(500)
})

it('a junction, too', () => {
  let plain = 0
  for (let round = 0; round < 12_000; round++) {
    const chance = seeded(SEED + round)
    const numbers = ['114.25', '22.6', '-5', '+5', '1e2', ' 7', '', 'x', '181', '90.5', '.5', '5.', '0x10', '01']
    const row = { id: pick(chance, ['J1', 'J-2', '', '路', 'x'.repeat(41)]), lng: pick(chance, numbers), lat: pick(chance, numbers) } // prettier-ignore
    const found = plainJunction(row)
    if (!found) continue
    plain++
    // The whole check: a letter in front keeps the fast way out of it.
    const list = new ProblemList()
    const slow = checkJunctions({ 'junctions.csv': { rows: [{ ...row, lng: `+${row.lng}`.replace('+-', '-0') }] } }, [-180, -90, 180, 90], list) // prettier-ignore
    expect(list.problems, `seed ${SEED + round}`).toEqual([])
    expect(found, `seed ${SEED + round}`).toEqual(slow[0])
  }
  expect(plain).toBeGreaterThan(100)
})

it('rows without quotes are those of the parser; everything else is left to it', () => {
  const options = { columns: true, bom: true, trim: true, skip_empty_lines: true } as const
  let compared = 0
  let left = 0
  for (let round = 0; round < 3000; round++) {
    const chance = seeded(SEED + round)
    const cell = () => pick(chance, ['1', ' a b ', '', '守望', '-5.5', '\t', ...(chance() < 0.1 ? ['"q"', 'x,y'] : [])])
    const line = () => Array.from({ length: chance() < 0.95 ? 3 : 2 }, cell).join(',')
    const ends = pick(chance, ['\n', '\r\n'])
    const lines = ['id,lng, lat ', ...Array.from({ length: Math.floor(chance() * 5) }, () => (chance() < 0.1 ? '' : line()))] // prettier-ignore
    const text = `${chance() < 0.2 ? '\uFEFF' : ''}${lines.join(ends)}${chance() < 0.5 ? ends : ''}`
    const rows = plainRows(text)
    if (rows === null) {
      left++
      continue
    }
    compared++
    expect(rows, `seed ${SEED + round}: ${JSON.stringify(text)}`).toEqual(parse(text, options))
  }
  expect(compared).toBeGreaterThan(1000)
  expect(left).toBeGreaterThan(100)
})
