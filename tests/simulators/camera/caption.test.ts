import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CameraFarm } from '../../../simulators/camera/camera-farm.ts'
import { PASSWORD, startFarm, until } from './farm-harness.ts'
import { annexB, picturesOf, PlainRtspClient } from './plain-rtsp-client.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0
const WIDTH = 640
const HEIGHT = 360
const CELL = 16
/** Column of the first of the 21 clock characters. */
const CLOCK_LEFT = (40 - 22) * CELL

let farm: CameraFarm
beforeAll(async () => {
  farm = await startFarm()
})
afterAll(() => farm.close())

async function watch(cameraId: string, pictures: number): Promise<Buffer[][]> {
  const client = await PlainRtspClient.open(farm.rtspPort, `/cam/${cameraId}/sub`, PASSWORD)
  await client.play('tcp')
  await until(() => client.packets.filter((packet) => packet.marker).length >= pictures, 12_000)
  client.close()
  return picturesOf(client.packets)
}

/** Decodes with ffmpeg; anything it complains about fails the test. */
function decode(pictures: readonly Buffer[][]): Buffer[] {
  const args = ['-v', 'error', '-threads', '1', '-f', 'h264', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']
  const done = spawnSync('ffmpeg', args, { input: annexB(pictures), maxBuffer: 1 << 28 })
  expect(done.stderr.toString()).toBe('')
  const size = WIDTH * HEIGHT
  return Array.from({ length: Math.floor(done.stdout.length / size) }, (_, i) =>
    done.stdout.subarray(i * size, (i + 1) * size),
  )
}

/** The pixels of one clock character. */
function character(frame: Buffer, index: number): string {
  let pixels = ''
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < CELL; x++) pixels += frame[y * WIDTH + CLOCK_LEFT + index * CELL + x]! > 128 ? '#' : '.'
  }
  return pixels
}

describe('the caption in the picture', () => {
  it('is a slice of its own: small in key pictures, tiny between them', async () => {
    const pictures = await watch('gate', 32)
    const sizes = pictures.map((units) => {
      const strip = units.find((unit) => [1, 5].includes(unit[0]! & 31))!
      return { isKey: (strip[0]! & 31) === 5, bytes: strip.length }
    })
    for (const { isKey, bytes } of sizes) expect(bytes).toBeLessThanOrEqual(isKey ? 12_000 : 1_000)
    expect(pictures.every((units) => units.filter((unit) => [1, 5].includes(unit[0]! & 31)).length === 12)).toBe(true)
  })

  it.skipIf(!hasFfmpeg)('decodes without a complaint, and shows a clock that runs', async () => {
    const frames = decode(await watch('gate', 47))
    expect(frames.length).toBeGreaterThanOrEqual(45)
    const tenths = frames.map((frame) => character(frame, 20))
    const changes = tenths.filter((pixels, i) => i > 0 && pixels !== tenths[i - 1]).length
    // Fifteen pictures a second, ten tenths: two of three pictures show a new one.
    expect(changes).toBeGreaterThanOrEqual(Math.floor((frames.length * 2) / 3) - 3)
    expect(new Set(tenths).size).toBe(10)
    const colons = new Set(frames.map((frame) => character(frame, 13)))
    expect(colons.size).toBe(1)
  })

  it.skipIf(!hasFfmpeg)('shows a digit the same way whatever stands beside it and whenever it was drawn', async () => {
    const frames = decode(await watch('square', 62))
    // In "HH:MM:SS.d" the last digit of the seconds is character 18, the tenth is character 20.
    const seconds = new Set(frames.map((frame) => character(frame, 18)))
    const tenths = new Set(frames.map((frame) => character(frame, 20)))
    expect(seconds.size).toBeGreaterThanOrEqual(4)
    for (const shape of seconds) expect(tenths).toContain(shape)
  })

  it.skipIf(!hasFfmpeg)('carries each camera’s own name', async () => {
    const names = await Promise.all(['gate', 'square'].map(async (id) => decode(await watch(id, 16))[0]!))
    const nameArea = (frame: Buffer) => {
      let ink = 0
      for (let y = 0; y < 32; y++)
        for (let x = 0; x < CLOCK_LEFT - CELL; x++) ink += frame[y * WIDTH + x]! > 128 ? 1 : 0
      return ink
    }
    const [gate, square] = names.map(nameArea)
    expect(gate).toBeGreaterThan(400)
    expect(square).toBeGreaterThan(200)
    expect(gate).not.toBe(square)
  })
})
