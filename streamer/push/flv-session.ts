import type { ClientRequest } from 'node:http'
import { get } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import { describeNetworkError, noVideo, silent, unreachable } from '../rtsp/failure.ts'
import type { SessionListener } from '../rtsp/rtsp-session.ts'
import type { AudioMedia } from '../rtsp/audio-media.ts'
import { FlvSound, writeReport } from './flv-sound.ts'
import { FlvTags, TAG_SOUND, TAG_VIDEO } from './flv-tags.ts'
import { FlvVideo, PUSH_PAYLOAD_TYPE } from './flv-video.ts'

/** Who pushes sends a picture at least every few seconds; the same patience as with a camera's handshake. */
const FIRST_PICTURE_MS = 5_600
/**
 * The server hands out the configurations that it has kept at once, also those of a publisher that has left (its grace is 30 s), with
 * the times at which they came. They must not date what is live, so no time of the first moment counts; the next key frame begins.
 */
const CACHED_MS = 250
/** As cameras do: often enough that the dates of segments follow a device whose clock runs away. */
const REPORT_EVERY_MS = 5_000

/** One pushed stream, read back from the RTMP program; the same face as an RTSP session. */
export class FlvSession {
  readonly splitter = { counts: { resyncs: 0, garbageBytes: 0 } }
  readonly #clock: Clock
  readonly #listener: SessionListener
  readonly #request: ClientRequest
  readonly #deadlineMs: number
  readonly #tags: FlvTags
  readonly #video: FlvVideo
  readonly #sound: FlvSound | null
  #parameterSets: Buffer[] = []
  #audio: AudioMedia | null = null
  /** Wall clock at the stream's time 0, by the arrival of the first live tag; null: none has come. */
  #zeroMs: number | null = null
  #timeMs = 0
  #reportAtMs = 0
  readonly #report = Buffer.alloc(28)
  #openedMs: number | null = null
  #nowMs = 0
  #isPlaying = false
  #isOver = false

  constructor(options: {
    socketPath: string
    token: string
    /** `/app/name` */
    path: string
    clock: Clock
    /** Its sound is passed on too. */
    wantsSound: boolean
    listener: SessionListener
  }) {
    this.#clock = options.clock
    this.#listener = options.listener
    this.#deadlineMs = options.clock.monotonicMs() + FIRST_PICTURE_MS
    this.#video = new FlvVideo({
      onConfig: (sets) => (this.#parameterSets = sets),
      onRtp: (bytes, start, end) => this.#rtp(bytes, start, end),
      onForeign: (what) => this.#end(noVideo(`the device pushes ${what}; H.264 is needed`)),
    })
    this.#sound = options.wantsSound
      ? new FlvSound({
          onConfig: (media) => this.#soundConfig(media),
          onRtp: (bytes, start, end) => this.#soundRtp(bytes, start, end),
        })
      : null
    this.#tags = new FlvTags((type, timeMs, body) => this.#tag(type, timeMs, body))
    const path = `${options.path}.flv?token=${encodeURIComponent(options.token)}`
    const { socketPath } = options
    this.#request = get({ socketPath, path, agent: false, headers: { host: 'rtmp' } }, (answer) => {
      if (answer.statusCode !== 200) return this.#end(unreachable(`the RTMP program answered ${answer.statusCode}`))
      this.#openedMs = this.#clock.monotonicMs()
      answer.on('data', (bytes: Buffer) => this.#read(bytes))
      answer.on('error', (error) => this.#end(unreachable(`the RTMP program broke off: ${error.message}`)))
      answer.on('close', () => this.#end(unreachable('the RTMP program closed the stream')))
    })
    this.#request.on('error', (error: NodeJS.ErrnoException) => {
      this.#end(unreachable(`the RTMP program does not answer: ${describeNetworkError(error)}`))
    })
  }

  tick(nowMs: number): void {
    if (!this.#isPlaying && nowMs >= this.#deadlineMs)
      this.#end(unreachable('no device pushes to this camera’s address'))
  }

  /** The listener hears nothing more. */
  stop(): void {
    this.#isOver = true
    this.#request.destroy()
  }

  #read(bytes: Buffer): void {
    if (this.#isOver) return
    this.#nowMs = this.#clock.monotonicMs()
    try {
      const wrong = this.#tags.push(bytes)
      if (wrong !== null) this.#end(noVideo(wrong))
    } catch (error) {
      // A failed assertion ends this camera's session, loudly, and no other's.
      this.#end(silent(`internal error: ${reasonOf(error)}`))
    }
  }

  #tag(type: number, timeMs: number, body: Buffer): void {
    if (this.#isOver) return
    const isLive = this.#nowMs - this.#openedMs! >= CACHED_MS
    this.#timeMs = timeMs
    if (isLive) this.#reportTimes(timeMs)
    if (type === TAG_VIDEO) this.#video.tag(timeMs, body, isLive)
    else if (type === TAG_SOUND) this.#sound?.tag(timeMs, body, isLive)
  }

  /** Picture and sound count the same milliseconds, and the pipeline is told so in a camera's words. */
  #reportTimes(timeMs: number): void {
    this.#zeroMs ??= this.#clock.nowMs() - timeMs
    if (!this.#isPlaying || this.#nowMs < this.#reportAtMs) return
    this.#reportAtMs = this.#nowMs + REPORT_EVERY_MS
    const wallMs = this.#zeroMs + timeMs
    writeReport(this.#report, wallMs, (timeMs * 90) >>> 0)
    this.#listener.onControl?.(false, this.#report, 0, this.#report.length)
    if (!this.#audio || !this.#sound) return
    writeReport(this.#report, wallMs, this.#sound.ticksAt(timeMs))
    this.#listener.onControl?.(true, this.#report, 0, this.#report.length)
  }

  #soundConfig(media: AudioMedia): void {
    this.#audio = media
    // What plays has been described without it; asked anew, it is in from the first picture.
    if (this.#isPlaying) this.#end(unreachable('the device has begun to send sound'))
  }

  #soundRtp(bytes: Buffer, start: number, end: number): void {
    if (this.#isPlaying) this.#listener.onSound?.(bytes, start, end, this.#nowMs)
  }

  #rtp(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return
    if (!this.#isPlaying) {
      const codec = { codec: 'H264', encoding: 'H264', payloadType: PUSH_PAYLOAD_TYPE, clockHz: 90_000 } as const
      // Now, not with the pictures' configuration: that of the sound may have come after it.
      this.#listener.onVideo({ ...codec, control: null, parameterSets: this.#parameterSets }, this.#audio)
      this.#isPlaying = true
      this.#listener.onPlaying()
      this.#reportTimes(this.#timeMs)
    }
    this.#listener.onRtp(bytes, start, end, this.#nowMs)
  }

  #end(failure: Parameters<SessionListener['onEnded']>[0]): void {
    if (this.#isOver) return
    this.stop()
    this.#listener.onEnded(failure)
  }
}
