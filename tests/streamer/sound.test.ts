import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../../streamer/audio/audio-track.ts'
import { FLAC_BLOCK_SAMPLES, FlacEncoder, flacStreamInfo } from '../../streamer/audio/flac-encoder.ts'
import { G711_TABLES, G711_UNUSED_BITS } from '../../streamer/audio/g711.ts'
import type { AudioMedia } from '../../streamer/rtsp/audio-media.ts'
import { parseSessionDescription } from '../../streamer/rtsp/session-description.ts'
import { readPictures } from './support/annex-b.ts'
import { decode, HAS_FFMPEG, probe } from './support/ffmpeg.ts'
import { soundOf } from './support/mp4.ts'
import { rtpPacket } from './support/packetise.ts'
import { bytesOf, createPipeline, expectUnbroken, samples } from './support/pipeline-rig.ts'
import { seeded } from '../support/seeded.ts'
import { aacPayload, g711Noise, readAdts, senderReport } from './support/sound.ts'

const pictures = readPictures('baseline-256x144.h264')
const tone = readAdts('tone-16000.adts.aac')
const G711: AudioMedia = {
  codec: 'PCMA',
  payloadType: 8,
  clockHz: 8000,
  channels: 1,
  control: null,
  configuration: Buffer.alloc(0),
}
const AAC: AudioMedia = {
  ...G711,
  codec: 'AAC',
  payloadType: 97,
  clockHz: 16_000,
  configuration: Buffer.from('1408', 'hex'),
}

/** Pictures at 25 a second with a sound packet after each, both by the same clock. */
function createPair(media: AudioMedia, options: { soundFirstTicks?: number } = {}) {
  const audio = new AudioTrack(media)
  const rig = createPipeline(600_000, { audio })
  let sequence = 100
  let ticks = options.soundFirstTicks ?? 5_000
  const sound = (payload: Buffer, samplesInIt: number) => {
    const packet = rtpPacket(payload, { payloadType: media.payloadType, rtpTicks: ticks, sequence, isMarked: true })
    rig.pipeline.soundPacket(packet, 0, packet.length, rig.clock.monotonicMs())
    sequence++
    ticks += samplesInIt
  }
  const skip = (packets: number, samplesInThem: number) => {
    sequence += packets
    ticks += samplesInThem
  }
  let shown = 0
  const picture = () => {
    rig.feed([pictures[shown % pictures.length]!], { firstTicks: shown * 3600 })
    shown++
  }
  return { ...rig, audio, sound, skip, picture, ticks: () => ticks }
}

type Pair = ReturnType<typeof createPair>
const frames = ({ stream }: Pair) => stream.ring.segments.flatMap((segment) => soundOf(bytesOf(segment)))
const file = ({ stream }: Pair) =>
  Buffer.concat([stream.ring.segments[0]!.init.bytes, ...stream.ring.segments.map(bytesOf)])

function expectSoundUnbroken(pair: Pair): void {
  const list = frames(pair)
  expect(list.length).toBeGreaterThan(10)
  for (let i = 1; i < list.length; i++) expect(list[i]!.atSamples).toBe(list[i - 1]!.atSamples + list[i]!.lastsSamples)
}

describe('FLAC', () => {
  const flacFile = (encoder: FlacEncoder, rateHz: number, samplesOf: Int16Array): Buffer => {
    const pieces = [Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), flacStreamInfo(rateHz)]
    for (let at = 0; at + FLAC_BLOCK_SAMPLES <= samplesOf.length; at += FLAC_BLOCK_SAMPLES) {
      const size = encoder.encode(samplesOf.subarray(at, at + FLAC_BLOCK_SAMPLES))
      pieces.push(Buffer.from(encoder.frame.subarray(0, size)))
    }
    return Buffer.concat(pieces)
  }

  it.runIf(HAS_FFMPEG)('of G.711 is decoded to the very samples that G.711 stands for, both laws', () => {
    const seed = 8
    for (const law of ['PCMA', 'PCMU'] as const) {
      const codes = g711Noise(FLAC_BLOCK_SAMPLES * 150, seeded(seed))
      const linear = Int16Array.from(codes, (code) => G711_TABLES[law][code]!)
      const flac = flacFile(new FlacEncoder(8000, G711_UNUSED_BITS[law]), 8000, linear)
      const { bytes, complaints } = decode(flac, ['-f', 's16le'], 'a.flac')
      expect(complaints, `seed ${seed}`).toBe('')
      // ffmpeg's own reading of G.711 is the other judge.
      const judge = decode(codes, ['-f', 's16le'], law === 'PCMA' ? 'a.al' : 'a.ul')
      expect(Buffer.from(linear.buffer).equals(bytes), law).toBe(true)
      expect(judge.bytes.equals(bytes), law).toBe(true)
      expect(flac.length).toBeLessThan(codes.length * 1.1)
    }
  })

  it.runIf(HAS_FFMPEG)('of any samples is lossless, verbatim where nothing is to be saved', () => {
    const random = seeded(4)
    const kinds = [
      () => Math.floor(random() * 65_536) - 32_768,
      () => (random() < 0.5 ? 32_767 : -32_768),
      (i: number) => i % 32_000,
      () => -32_768,
    ]
    const linear = Int16Array.from({ length: FLAC_BLOCK_SAMPLES * 40 }, (_, i) =>
      kinds[Math.floor(i / FLAC_BLOCK_SAMPLES) % kinds.length]!(i),
    )
    const { bytes, complaints } = decode(
      flacFile(new FlacEncoder(48_000, 0), 48_000, linear),
      ['-f', 's16le'],
      'a.flac',
    )
    expect(complaints).toBe('')
    expect(Buffer.from(linear.buffer).equals(bytes)).toBe(true)
  })
})

describe('sound beside the picture', () => {
  it.runIf(HAS_FFMPEG)('of G.711 comes out bit for bit, in one file with the pictures', () => {
    const pair = createPair(G711)
    const codes = g711Noise(8000 * 12, seeded(2))
    for (let i = 0; i < 300; i++) {
      pair.picture()
      pair.sound(codes.subarray(i * 320, (i + 1) * 320), 320)
    }
    const bytes = file(pair)
    expect(probe(bytes)).toMatchObject([
      { codec_name: 'h264', width: 256 },
      { codec_name: 'flac', sample_rate: '8000', channels: 1 },
    ])
    const { bytes: pcm, complaints } = decode(bytes, ['-map', '0:a', '-f', 's16le'])
    expect(complaints).toBe('')
    expect(pcm.length).toBeGreaterThan(8000 * 2 * 9)
    // The first picture closes nothing, so its packet may be missing at the front; not one sample may be in between.
    const linear = Buffer.from(Int16Array.from(codes, (code) => G711_TABLES.PCMA[code]!).buffer)
    expect(linear.subarray(0, pcm.length).equals(pcm)).toBe(true)
    expect(pair.audio.counts).toMatchObject({ badPackets: 0, silentFrames: 0, droppedFrames: 0, resyncs: 0 })
    expectUnbroken(samples(pair.stream))
    expectSoundUnbroken(pair)
  })

  it.runIf(HAS_FFMPEG)('of AAC passes through, frame by frame', () => {
    const pair = createPair(AAC)
    let sent = 0
    for (let i = 0; i < 250; i++) {
      pair.picture()
      // 64 ms a frame, two frames a packet.
      while (sent * 64 <= i * 40) {
        pair.sound(aacPayload([tone[sent % tone.length]!, tone[(sent + 1) % tone.length]!]), 2048)
        sent += 2
      }
    }
    const list = frames(pair)
    expect(list.map((f) => f.bytes.toString('hex'))).toEqual(
      Array.from({ length: list.length }, (_, i) => tone[i % tone.length]!.toString('hex')),
    )
    const bytes = file(pair)
    expect(probe(bytes)).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'aac', sample_rate: '16000' }])
    expect(decode(bytes, ['-map', '0:a', '-f', 'null']).complaints).toBe('')
    expectSoundUnbroken(pair)
  })

  it('stands where the sender reports put it, not where it came in', () => {
    const pair = createPair(G711, { soundFirstTicks: 77_000 })
    const codes = g711Noise(320, seeded(3))
    pair.picture()
    // The sound that comes now was taken 300 ms after the picture that came 40 ms ago.
    const nowMs = pair.clock.nowMs()
    const reports = [senderReport(nowMs, 0), senderReport(nowMs + 300, 77_000)]
    pair.pipeline.control(false, reports[0]!, 0, 28)
    pair.pipeline.control(true, reports[1]!, 0, 28)
    for (let i = 0; i < 40; i++) {
      pair.sound(codes, 320)
      pair.picture()
    }
    const first = frames(pair)[0]!
    expect(first.atSamples / 8).toBeGreaterThan(290)
    expect(first.atSamples / 8).toBeLessThan(310)
  })

  it('that stops does not stop the picture: silence takes its place, and it comes back in step', () => {
    for (const media of [G711, AAC]) {
      const pair = createPair(media)
      const payload = media === AAC ? aacPayload([tone[5]!]) : g711Noise(512, seeded(3))
      const step = media === AAC ? 1024 : 512
      // 64 ms either way.
      const play = (count: number, hasSound: boolean) => {
        for (let i = 0; i < count; i++) {
          pair.picture()
          const due = Math.floor(((pair.sent() + 1) * 40) / 64) > Math.floor((pair.sent() * 40) / 64)
          if (due && hasSound) pair.sound(payload, step)
          else if (due) pair.skip(1, step)
        }
      }
      play(100, true)
      play(200, false)
      const list = frames(pair)
      const pictureEndS = pair.stream.endTicks / 90_000
      const soundEndS = (list.at(-1)!.atSamples + step) / media.clockHz
      expect(pictureEndS, media.codec).toBeGreaterThan(11)
      expect(pictureEndS - soundEndS, media.codec).toBeLessThan(0.2)
      expect(pair.audio.counts.silentFrames).toBeGreaterThan(80)
      play(200, true)
      expectSoundUnbroken(pair)
      const after = frames(pair).at(-1)!
      const apartS = pair.stream.endTicks / 90_000 - (after.atSamples + step) / media.clockHz
      expect(Math.abs(apartS), media.codec).toBeLessThan(0.4)
      expectUnbroken(samples(pair.stream))
    }
  })

  it('whose clock drifts by a thousandth stays within a fifth of a second of the picture', () => {
    const pair = createPair(G711)
    const payload = g711Noise(320, seeded(3))
    let owedSamples = 0
    let worstMs = 0
    for (let i = 0; i < 25 * 600; i++) {
      pair.picture()
      owedSamples += 320 * 1.001
      for (; owedSamples >= 320; owedSamples -= 320) pair.sound(payload, 320)
      if (i > 100) {
        const apartMs = pair.audio.run.endSamples / 8 - pair.stream.endTicks / 90
        worstMs = Math.max(worstMs, Math.abs(apartMs))
      }
      if (i % 250 === 0) pair.stream.clear(0)
    }
    expect(pair.audio.counts.resyncs).toBeGreaterThan(2)
    expect(pair.audio.counts.droppedFrames).toBeGreaterThan(5)
    expect(pair.audio.counts.silentFrames).toBe(0)
    expect(worstMs).toBeLessThan(400)
  }, 60_000)

  it('whose times count at another rate than it says is passed on as it comes in', () => {
    const pair = createPair(AAC)
    let owedSamples = 0
    let sent = 0
    for (let i = 0; i < 25 * 40; i++) {
      pair.picture()
      // 90,000 a second, as if it were a picture, instead of 16,000.
      for (owedSamples += 640; owedSamples >= 1024; owedSamples -= 1024)
        pair.sound(aacPayload([tone[sent++ % tone.length]!]), 5_760)
    }
    expect(pair.audio.counts.silentFrames).toBeLessThan(sent / 20)
    expect(pair.audio.counts.droppedFrames).toBeLessThan(sent / 20)
    expectSoundUnbroken(pair)
  })

  it('that is broken, lost or of another kind costs only itself', () => {
    const random = seeded(9)
    const pair = createPair(AAC)
    for (let i = 0; i < 400; i++) {
      pair.picture()
      const good = aacPayload([tone[i % tone.length]!])
      if (random() < 0.1) pair.skip(1, 1024)
      else if (random() < 0.2) pair.sound(Buffer.from(good.map((b) => (random() < 0.1 ? b ^ 255 : b))), 640)
      else pair.sound(good, 640)
    }
    expect(pair.audio.counts.badPackets).toBeGreaterThan(20)
    expect(samples(pair.stream).length).toBeGreaterThan(390)
    expectUnbroken(samples(pair.stream))
  })
})

describe('the sound in a session description', () => {
  const sdp = (lines: string[]) => parseSessionDescription(['v=0', 'm=video 0 RTP/AVP 96', ...lines].join('\r\n')).audio
  it('is taken when it can be passed on', () => {
    expect(sdp(['m=audio 0 RTP/AVP 8', 'a=control:trackID=2'])).toMatchObject({ codec: 'PCMA', control: 'trackID=2' })
    expect(sdp(['m=audio 0 RTP/AVP 0'])).toMatchObject({ codec: 'PCMU', clockHz: 8000 })
    const aac = 'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config='
    expect(sdp(['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/16000/1', `a=fmtp:97 ${aac}1408`])).toMatchObject({
      codec: 'AAC',
      clockHz: 16_000,
      channels: 1,
    })
  })
  it('is left alone when it cannot', () => {
    expect(sdp(['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 G726-32/8000'])).toBeNull()
    expect(sdp(['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/16000/1', 'a=fmtp:97 config=1408'])).toBeNull()
    expect(sdp([])).toBeNull()
  })
})
