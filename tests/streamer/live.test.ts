import { afterEach, describe, expect, it } from 'vitest'
import { readPictures } from './support/annex-b.ts'
import type { Worker } from './support/harness.ts'
import { startWorker } from './support/harness.ts'
import type { TestCameraOptions } from './support/test-camera.ts'
import { TestCamera } from './support/test-camera.ts'

const pictures = readPictures('four-slices-320x180.h264')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function bringUp(
  options: Partial<TestCameraOptions> = {},
  order: { warm?: boolean } = {},
): Promise<{ camera: TestCamera; worker: Worker }> {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, ...order }])
  cleanUps.push(() => worker.stop())
  return { camera, worker }
}

describe('a cold camera', () => {
  it('is connected by the first question for its playlist, which waits for a picture', async () => {
    const { camera, worker } = await bringUp()
    expect(camera.connections).toBe(0)
    const response = await worker.get('/live/c1/index.m3u8')
    const text = await response.text()
    expect(response.status, text).toBe(200)
    expect(text).toContain('#EXTM3U')
    expect(text).toMatch(/#EXT-X-PART:DURATION=0\.2\d+,URI="p\d+\.0\.m4s",INDEPENDENT=YES/)
    expect(camera.connections).toBe(1)
  })
})
