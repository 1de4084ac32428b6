import type { ClientRequest } from 'node:http'
import { get } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { describeNetworkError, noVideo, unreachable } from '../rtsp/failure.ts'
import type { SessionListener } from '../rtsp/rtsp-session.ts'
import { FlvTags, TAG_VIDEO } from './flv-tags.ts'
import { FlvVideo, PUSH_PAYLOAD_TYPE } from './flv-video.ts'

/** Who pushes sends a picture at least every few seconds; the same patience as with a camera's handshake. */
const FIRST_PICTURE_MS = 5_600
/**
 * The server hands out its cached pictures at once, also those of a publisher that has left (its grace is 30 s). An old picture must not
 * look like a live one, so what comes in the first moment is left out; the next key frame begins.
 */
const CACHED_MS = 250

/** One pushed stream, read back from the RTMP program; the same face as an RTSP session. */
export class FlvSession {
  readonly splitter = { counts: { resyncs: 0, garbageBytes: 0 } }
  readonly #clock: Clock
  readonly #listener: SessionListener
  readonly #request: ClientRequest
  readonly #deadlineMs: number
  readonly #tags: FlvTags
  readonly #video: FlvVideo
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
    listener: SessionListener
  }) {
    this.#clock = options.clock
    this.#listener = options.listener
    this.#deadlineMs = options.clock.monotonicMs() + FIRST_PICTURE_MS
    this.#video = new FlvVideo({
      onConfig: (sets) => this.#config(sets),
      onRtp: (bytes, start, end) => this.#rtp(bytes, start, end),
      onForeign: (what) => this.#end(noVideo(`the device pushes ${what}; H.264 is needed`)),
    })
    this.#tags = new FlvTags((type, timeMs, body) => {
      const isLive = this.#nowMs - this.#openedMs! >= CACHED_MS
      if (type === TAG_VIDEO && !this.#isOver) this.#video.tag(timeMs, body, isLive)
    })
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
    const wrong = this.#tags.push(bytes)
    if (wrong !== null) this.#end(noVideo(wrong))
  }

  #config(parameterSets: Buffer[]): void {
    const codec = { codec: 'H264', encoding: 'H264', payloadType: PUSH_PAYLOAD_TYPE, clockHz: 90_000 } as const
    // Pictures only: what a crew says on its way is not for the desk.
    this.#listener.onVideo({ ...codec, control: null, parameterSets }, null)
  }

  #rtp(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return
    if (!this.#isPlaying) {
      this.#isPlaying = true
      this.#listener.onPlaying()
    }
    this.#listener.onRtp(bytes, start, end, this.#nowMs)
  }

  #end(failure: Parameters<SessionListener['onEnded']>[0]): void {
    if (this.#isOver) return
    this.stop()
    this.#listener.onEnded(failure)
  }
}
