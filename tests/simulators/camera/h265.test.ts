import { expect, it } from 'vitest'
import { decode, HAS_FFMPEG, probe } from '../../streamer/support/ffmpeg.ts'
import { startWorker } from '../../streamer/support/harness.ts'
import { bytesOf } from '../../streamer/support/pipeline-rig.ts'
import { PASSWORD, startFarm, until } from './farm-harness.ts'

it('a simulated camera in H.265 is played from its socket to whole segments, dated by its own clock', async () => {
  const farm = await startFarm()
  const url = `rtsp://127.0.0.1:${farm.rtspPort}/cam/gate/h265`
  const worker = await startWorker([{ id: 'c1', url, username: 'vigil', password: PASSWORD, warm: true }])
  try {
    const { stream } = worker.fleet.cameras.get('c1')!
    await until(() => stream.counts.segments >= 4, 12_000)
    expect(worker.fleet.status()[0]).toMatchObject({
      state: 'online',
      codec: expect.stringMatching(/^hvc1\.1\.6\.L/),
      widthPx: 640,
      heightPx: 360,
    })
    const { pipeline } = worker.fleet.cameras.get('c1')!
    expect(pipeline!.units.counts).toMatchObject({ damaged: 0, unsupported: 0 })
    expect(pipeline!.report.isSane).toBe(true)
    expect(stream.ring.segments.at(-1)!.takenAtMs).not.toBeNull()
    if (!HAS_FFMPEG) return
    const whole = stream.ring.segments.filter((segment) => segment.isComplete)
    const file = Buffer.concat([whole[0]!.init.bytes, ...whole.map(bytesOf)])
    expect(probe(file)).toMatchObject([{ codec_name: 'hevc', width: 640, height: 360 }])
    expect(decode(file, ['-f', 'rawvideo']).complaints).toBe('')
  } finally {
    worker.stop()
    await farm.close()
  }
}, 40_000)
