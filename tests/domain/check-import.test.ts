import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkImport, type FlatThing, type ImportContext } from '../../domain/registers/check-import.ts'
import { checkCameraRow, checkDeviceRow } from '../../domain/registers/check-rows.ts'
import { CAMERA_FORMAT, DEVICE_FORMAT } from '../../domain/registers/register-columns.ts'
import { IMPORT_PROBLEMS_MAX } from '../../domain/wire/register.ts'

const camera: FlatThing = {
  id: 'cam-1',
  name: '大门',
  siteId: 'school-1',
  lng: 114.3,
  lat: 22.7,
  bearingDeg: 90,
  fovDeg: 70,
  rangeM: 60,
  warm: true,
  audio: false,
  enabled: true,
  jurisdiction: 'city/east',
  source: 'rtsp',
  address: 'rtsp://10.0.0.5/1',
}
const context: ImportContext = {
  known: new Map([['cam-1', camera]]),
  isTaken: (id) => id === 'cam-1' || id === 'cam-elsewhere',
  siteIds: new Set(['school-1']),
  mayGive: (jurisdiction) => jurisdiction === '' || jurisdiction.startsWith('city'),
  check: checkCameraRow,
}
const HEADER = CAMERA_FORMAT.columns.map(({ column }) => column)
const asTold: Record<string, string> = {
  id: 'cam-1',
  name: '大门',
  site_id: 'school-1',
  lng: '114.3',
  lat: '22.7',
  bearing_deg: '90',
  fov_deg: '70',
  range_m: '60',
  warm: 'yes',
  audio: 'no',
  enabled: 'yes',
  jurisdiction: 'city/east',
  source: 'rtsp',
  address: 'rtsp://10.0.0.5/1',
  username: '',
  password: '',
}
const check = (rows: Record<string, string>[], header = HEADER) => checkImport(CAMERA_FORMAT, header, rows, context)
const said = (rows: Record<string, string>[], header = HEADER) =>
  check(rows, header).problems.map(({ row, column, code }) => [row, column, code])

test('a register that is taken in as it was told changes nothing', () => {
  expect(check([asTold])).toMatchObject({ problems: [], changed: [], added: [], asTheyWere: 1 })
})

test('only what differs is changed; an empty cell empties what may be empty, a missing column changes nothing', () => {
  expect(check([{ ...asTold, name: '东门', site_id: '', jurisdiction: '', warm: '' }]).changed).toEqual([
    { id: 'cam-1', patch: { name: '东门', siteId: null, jurisdiction: '' } },
  ])
  expect(check([{ id: 'cam-1', warm: 'no' }], ['id', 'warm'])).toMatchObject({
    problems: [],
    changed: [{ id: 'cam-1', patch: { warm: false } }],
  })
})

test('every problem of every row is told at once, by row, column and what stands there', () => {
  const rows = [
    { ...asTold, lng: '999', lat: 'north', warm: 'maybe', site_id: 'nowhere', jurisdiction: 'other/place' },
    { ...asTold, id: 'bad id!', fov_deg: '0' },
    asTold,
    { ...asTold, id: 'cam-elsewhere' },
    { ...asTold, id: 'cam-9', name: '', address: 'rtsp://user:pw@10.0.0.9/1' },
    { ...asTold, id: 'cam-10', source: 'onvif' },
    { ...asTold, id: 'cam-11', address: 'http://10.0.0.9/1' },
  ]
  expect(said(rows)).toEqual([
    [2, 'lng', 'not-a-number'],
    [2, 'lat', 'not-a-number'],
    [2, 'warm', 'not-yes-no'],
    [2, 'site_id', 'unknown-site'],
    [2, 'jurisdiction', 'not-your-jurisdiction'],
    [3, 'id', 'bad-id'],
    [3, 'fov_deg', 'not-a-number'],
    [4, 'id', 'twice'],
    [5, 'id', 'id-taken'],
    [6, 'name', 'needed'],
    [6, 'address', 'password-in-address'],
    [7, 'source', 'source-not-by-file'],
    [8, 'address', 'bad-address'],
  ])
  expect(check(rows).problems[0]).toMatchObject({ id: 'cam-1', found: '999', facts: { min: -180, max: 180 } })
})

test('a wrong password is never repeated, and what a file may not change says so', () => {
  const rows = [{ ...asTold, address: 'rtsp://10.0.0.6/1', source: 'push', password: 'hunter2' }]
  expect(said(rows)).toEqual([
    [2, 'source', 'source-fixed'],
    [2, 'address', 'address-fixed'],
    [2, 'password', 'login-fixed'],
  ])
  expect(JSON.stringify(check(rows).problems)).not.toContain('hunter2')
})

test('a file without ids, without rows or with a column that nobody knows says that and nothing else of it', () => {
  expect(said([{ name: 'x' }], ['name'])).toEqual([[null, null, 'no-id-column']])
  expect(said([], ['id'])).toEqual([[null, null, 'no-rows']])
  expect(said([{ id: 'cam-1', jursdiction: 'city' }], ['id', 'jursdiction'])).toEqual([
    [null, 'jursdiction', 'unknown-column'],
  ])
})

test('a mistake that is repeated on every row is told five hundred times and counted on', () => {
  const rows = Array.from({ length: 700 }, (_, i) => ({ ...asTold, id: `new-${i}`, lng: 'x' }))
  const plan = check(rows)
  expect(plan.problems).toHaveLength(IMPORT_PROBLEMS_MAX)
  expect(plan.problemsLeftOff).toBe(200)
  expect(plan.added).toEqual([])
})

test('a device keeps its kind, has a whole place or none, and a button stands somewhere', () => {
  const header = DEVICE_FORMAT.columns.map(({ column }) => column)
  const known = new Map([['btn-1', { id: 'btn-1', kind: 'button', name: 'a', siteId: 'school-1', power: 'mains' }]])
  const problems = (row: Record<string, string>) =>
    checkImport(DEVICE_FORMAT, header, [row], { ...context, known, check: checkDeviceRow }).problems.map((p) => p.code)
  const button = { id: 'btn-2', kind: 'button', name: 'b', power: 'mains' }
  expect(problems({ ...button, id: 'btn-1', kind: 'taxi', site_id: 'school-1' })).toEqual(['kind-fixed'])
  expect(problems({ ...button, lng: '114' })).toEqual(['half-a-place'])
  expect(problems(button)).toEqual(['no-place'])
  expect(problems({ ...button, lng: '114', lat: '22' })).toEqual([])
  expect(problems({ ...button, site_id: 'school-1', supervision_s: '59' })).toEqual(['not-a-number'])
})

test('whatever stands in the cells, each row is added, changed, as it was or a problem', () => {
  const cell = fc.oneof(fc.string({ maxLength: 50 }), fc.constantFrom('', 'yes', '12', "'=1+1", 'cam-1'))
  const row = fc.record(Object.fromEntries(HEADER.map((column) => [column, cell])))
  let visited = 0
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
      const plan = check(rows)
      const inProblem = new Set(plan.problems.map((problem) => problem.row))
      expect(plan.added.length + plan.changed.length + plan.asTheyWere + inProblem.size).toBe(rows.length)
      visited++
    }),
  )
  expect(visited).toBeGreaterThanOrEqual(100)
})
