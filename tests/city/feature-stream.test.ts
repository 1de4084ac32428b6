import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { chunksOf, featuresIn, isUtf8File } from '../../gateway/city/feature-stream.ts'
import { readCity } from '../../gateway/city/read-city.ts'
import { seeded } from '../support/seeded.ts'
import { DEMO } from './folder.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
console.log(`SEED=${SEED}`)
const folder = mkdtempSync(join(tmpdir(), 'vigil-features-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function inPieces(text: string, chance: () => number, max: number): Uint8Array[] {
  const bytes = Buffer.from(text)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(chance() * max)
    pieces.push(Buffer.from(bytes.subarray(at, end)))
    at = end
  }
  return pieces
}

/** Values that a careless reader stumbles over: brackets and quotes in texts, a second `features` inside, numbers in place of features. */
function oddValue(chance: () => number, depth = 0): unknown {
  const dice = chance()
  if (dice < 0.2) return ['a]"}', '\\', '\\"', '路,口', '𠀀{', '"features":[', '\n\t', ''][Math.floor(chance() * 8)]
  if (dice < 0.35) return Math.round(chance() * 1e6) / 1e3
  if (dice < 0.45) return [null, true, false][Math.floor(chance() * 3)]
  if (depth > 3) return []
  if (dice < 0.65) return Array.from({ length: Math.floor(chance() * 4) }, () => oddValue(chance, depth + 1))
  const names = ['features', 'geometry', 'a"b', '名', 'type']
  return Object.fromEntries(
    names.filter(() => chance() < 0.4).map((name) => [name, oddValue(chance, depth + 1)]),
  ) as unknown
}

describe('features one by one', () => {
  it('are those that the whole file has, however it is cut and spaced', () => {
    let compared = 0
    for (let round = 0; round < 400; round++) {
      const chance = seeded(SEED + round)
      const features = Array.from({ length: Math.floor(chance() * 8) }, () => oddValue(chance))
      const before = { type: 'FeatureCollection', crs: oddValue(chance), bbox: [1, 2] }
      const whole = chance() < 0.5 ? { ...before, features } : { features, ...before }
      const text = `${chance() < 0.3 ? '\uFEFF' : ''}${JSON.stringify(whole, null, chance() < 0.5 ? 2 : 0)}\n`
      for (const max of [1, 7, 1000]) {
        const found = [...featuresIn(inPieces(text, chance, max))]
        expect(found, `seed ${SEED + round}, pieces of ${max}`).toEqual(JSON.parse(JSON.stringify(features)))
        compared += features.length
      }
    }
    expect(compared).toBeGreaterThan(2000)
  })

  it('end with a sentence where the file is broken', () => {
    const read = (text: string) => [...featuresIn([Buffer.from(text)])]
    for (const text of ['', '[]', '7', '{"type":"FeatureCollection"}', '{"a":{"features":[1]}}', '{"features":{}}']) {
      expect(() => read(text), text).toThrow('is not a GeoJSON FeatureCollection')
    }
    expect(() => read('{"features":[{"a":1},{"a":')).toThrow('cannot be read: it ends in the middle')
    expect(() => read('{"features":[{"a":1},{"a":nix}]}')).toThrow(/cannot be read: feature 2: /)
    expect(read('{"features":[]}')).toEqual([])
    expect(read('{"features":[1, {} ,null]}')).toEqual([1, {}, null])
  })

  it('a text in another encoding is known as such, also when a character lies across two pieces', () => {
    const path = join(folder, 'text')
    const long = '守'.repeat(800_000)
    writeFileSync(path, `x${long}`)
    expect(isUtf8File(path)).toBe(true)
    const pieces = [...chunksOf(path)].map(({ length }) => length)
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.reduce((a, b) => a + b, 0)).toBe(2_400_001)
    writeFileSync(path, Buffer.from([0xca, 0xd8, 0xcd, 0xfb]))
    expect(isUtf8File(path)).toBe(false)
    writeFileSync(path, Buffer.from('守').subarray(0, 2))
    expect(isUtf8File(path)).toBe(false)
  })
})

describe('the roads of a folder', () => {
  it('are read while they are checked, and how far is told', async () => {
    const told: [number, number][] = []
    const city = await readCity(DEMO, { layers: 'names', onProgress: (bytes, of) => told.push([bytes, of]) })
    expect(city.roads.length).toBeGreaterThan(8000)
    expect(told.length).toBeGreaterThan(1)
    expect(told.at(-1)![0]).toBe(told.at(-1)![1])
  })
})
