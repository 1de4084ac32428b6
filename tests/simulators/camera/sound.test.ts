import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { CAMERA_USERNAME, createCameraFarm, type CameraFarm } from '../../../simulators/camera/camera-farm.ts'
import { aLawOf } from '../../../simulators/camera/sound/a-law.ts'
import { soundTrack } from '../../../simulators/camera/sound/sound-track.ts'
import { STREET_SECONDS, streetSound } from '../../../simulators/camera/sound/street-sound.ts'
import { G711_TABLES } from '../../../streamer/audio/g711.ts'
import { Fleet } from '../../../streamer/camera/fleet.ts'
import { until } from '../../streamer/support/harness.ts'

let farm: CameraFarm
let fleet: Fleet
beforeAll(async () => {
  farm = await createCameraFarm({
    cameras: [
      { id: 'g711', name: 'G.711', ptz: false, sound: 'g711' },
      { id: 'aac', name: 'AAC', ptz: false, sound: 'aac' },
      { id: 'mute', name: 'none', ptz: false },
    ],
    rtspPort: 0,
    onvifPort: 0,
    discoveryPort: null,
    password: 'p',
    clock: systemClock,
    log: silentLog,
    metrics: new Metrics(),
  })
  fleet = new Fleet({ clock: systemClock, log: silentLog, metrics: new Metrics() })
  const order = (id: string, cameraId: string, audio: boolean) => ({
    id,
    name: id,
    url: `rtsp://127.0.0.1:${farm.rtspPort}/cam/${cameraId}/sub`,
    username: CAMERA_USERNAME,
    password: 'p',
    warm: true,
    audio,
  })
  fleet.assign([
    order('g711', 'g711', true),
    order('aac', 'aac', true),
    order('mute', 'mute', true),
    order('off', 'g711', false),
  ])
  fleet.start()
})
afterAll(async () => {
  fleet.stop()
  await farm.close()
})

test('cameras with a microphone are heard beside their picture in both codecs, the others are silent and play', async () => {
  const of = (id: string) => fleet.cameras.get(id)!
  const segments = (id: string) => of(id).stream.counts.segments
  await until('two segments of each', () => ['g711', 'aac', 'mute', 'off'].every((id) => segments(id) >= 2), 20_000)
  const begun = new Map(['g711', 'aac'].map((id) => [id, { ...of(id).pipeline!.audio!.counts }]))
  await until('three seconds more', () => ['g711', 'aac'].every((id) => segments(id) >= 6), 20_000)
  for (const [id, codec] of [
    ['g711', 'flac'],
    ['aac', 'mp4a.40.2'],
  ] as const) {
    const { facts, counts } = of(id).pipeline!.audio!
    const { frames, silentFrames, droppedFrames } = begun.get(id)!
    expect(facts.codec).toBe(codec)
    expect(counts).toMatchObject({ badPackets: 0, late: 0 })
    expect(counts.frames - frames, `${id}: three seconds`).toBeGreaterThan(20)
    // A busy machine may be late once; not one frame in five.
    const odd = counts.silentFrames - silentFrames + counts.droppedFrames - droppedFrames
    expect(odd, id).toBeLessThan((counts.frames - frames) / 5)
  }
  expect(of('mute').pipeline!.audio).toBeNull()
  expect(of('off').pipeline!.audio, 'what nobody wants is not set up').toBeNull()
})

test('its A-law is what a decoder of the standard takes for the same sound, within the steps of the law', () => {
  let worst = 0
  for (let sample = -32_768; sample < 32_768; sample++) {
    const decoded = G711_TABLES.PCMA[aLawOf(sample)]!
    worst = Math.max(worst, Math.abs(decoded - sample) / Math.max(512, Math.abs(sample)))
  }
  expect(worst).toBeLessThan(0.032)
})

test('the street is heard, never too loud, and is as long in both codecs', () => {
  const samples = streetSound(8_000)
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  expect(loudest).toBeGreaterThan(3_000)
  expect(loudest).toBeLessThan(20_000)
  for (const kind of ['g711', 'aac'] as const) {
    const { payloads, packetSamples, rateHz } = soundTrack(kind)
    expect(Math.abs((payloads.length * packetSamples) / rateHz - STREET_SECONDS)).toBeLessThan(0.2)
  }
})
