import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { loadCity } from '../../gateway/city/known-city.ts'
import { DEMO_CITY } from './centre.ts'

let folder: string
let cityDir: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-city-'))
  cityDir = join(folder, 'city')
  file = join(folder, 'data', 'city-roads.bin')
  cpSync(DEMO_CITY, cityDir, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function load() {
  const city = await loadCity({ cityDir, dataDir: join(folder, 'data'), log: silentLog })
  await city.written
  return city
}

function edit(name: string, change: (text: string) => string): void {
  const path = join(cityDir, name)
  const { atime, mtime } = statSync(path)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  // A copying tool may keep the times: they prove nothing.
  utimesSync(path, atime, mtime)
}

test('a second start has the same city without reading it again', async () => {
  const first = await load()
  const second = await load()
  expect([first.isFromFile, second.isFromFile]).toEqual([false, true])
  expect(second.places).toEqual(first.places)
  expect(second.layers).toEqual(first.layers)
  expect(second.roadNames).toEqual(first.roadNames)
  expect(second.graph).toEqual(first.graph)
  expect(second.graph.edgeCount).toBeGreaterThan(5000)
})

test('a road changed without a change of size or time is noticed', async () => {
  const { graph } = await load()
  edit('roads.geojson', (text) => text.replace(/"class":\s*"tertiary"/, (all) => all.replace('tertiary', 'motorway')))
  const changed = await load()
  expect(changed.isFromFile).toBe(false)
  expect(changed.graph.forwardS).not.toEqual(graph.forwardS)
  expect((await load()).isFromFile).toBe(true)
})

test('a city that has become bad is refused with all its problems, compact file or not', async () => {
  await load()
  edit('junctions.csv', (text) => `${text}J-far,0,0\nJ-far,0,0\n`)
  edit('patrols.csv', (text) => text.replace(/car/, 'ufo'))
  const fault = await load().catch((error: unknown) => error as Error)
  expect((fault as Error).message).toMatch(/junctions\.csv[\s\S]*patrols\.csv/)
})

test('a damaged, shortened or strange compact file is built again', async () => {
  const whole = await load()
  const bytes = readFileSync(file)
  const flipped = Buffer.from(bytes)
  flipped[Math.floor(bytes.length / 2)]! ^= 1
  for (const bad of [
    flipped,
    bytes.subarray(0, 1000),
    Buffer.alloc(0),
    Buffer.from('not ours at all, whatever it is'),
  ]) {
    writeFileSync(file, bad)
    const again = await load()
    expect(again.isFromFile).toBe(false)
    expect(again.graph.edgeCount).toBe(whole.graph.edgeCount)
    expect((await load()).isFromFile).toBe(true)
  }
})

test('a layer that is taken away or added is noticed', async () => {
  await load()
  rmSync(join(cityDir, 'rail.geojson'))
  const without = await load()
  expect(without.isFromFile).toBe(false)
  expect(without.layers).not.toContain('rail')
})
