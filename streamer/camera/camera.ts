import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import { AudioTrack } from '../audio/audio-track.ts'
import type { SlabPool } from '../fmp4/slab.ts'
import type { CameraVerdict } from '../health/judge-camera.ts'
import { judgeCamera, STALLED_GIVE_UP_MS } from '../health/judge-camera.ts'
import { LiveStream } from '../hls/live-stream.ts'
import { firstNumber } from '../hls/ring.ts'
import { Pipeline } from '../pipeline.ts'
import type { ReadModeration } from '../read-moderation.ts'
import { readEveryMs } from '../read-moderation.ts'
import { FlvSession } from '../push/flv-session.ts'
import { pushPathOf } from '../push/flv-socket.ts'
import type { AudioMedia } from '../rtsp/audio-media.ts'
import type { StreamFailure } from '../rtsp/failure.ts'
import { notACamera, silent } from '../rtsp/failure.ts'
import type { SessionListener } from '../rtsp/rtsp-session.ts'
import { RtspSession } from '../rtsp/rtsp-session.ts'
import type { PlayableVideo } from '../rtsp/session-description.ts'
import { latchKeysOf, whereAndWho, type LatchKeys, type LoginLatch } from './login-latch.ts'
import type { ConnectBudget } from './retry.ts'
import { Retry, STABLE_MS } from './retry.ts'

/** What the core wants served; the answer to the worker's beat. */
export interface CameraOrder {
  id: string
  name: string
  url: string
  /** Its larger stream, see `Fleet.assign`. */
  mainUrl?: string | null
  username: string | null
  password: string | null
  /** Kept connected, so that its first picture and its last half minute are there at once. */
  warm: boolean
  /** Wall clock: what shall be kept on disk, see `record/recorder.ts`. */
  record?: { fromMs: number; untilMs: number } | null
  /** Its sound is passed on too. */
  audio?: boolean
  /** For rtsps: the one certificate that is trusted, SHA-256 in hex. */
  certificateSha256?: string | null
}

/** A change of any of them needs another session. */
const SESSION_MEMBERS = ['url', 'username', 'password', 'audio', 'certificateSha256'] as const

/** Nobody asked for this long: the camera is left alone. */
export const IDLE_STOP_MS = 30_000
/** Half a minute before an alarm, and the ten seconds it takes to open it. */
export const WARM_RING_MS = 40_000
/** The listed six seconds and the second in which a player still fetches what was just listed. */
export const COLD_RING_MS = 8_000

/** The log tells of a change within a second; judging ten times as often was 3 % of a worker's time. */
const LOOK_MS = 1_000

/** Who looked this lately will ask again: players ask at least every few seconds. */
const PROMPT_MS = 10_000
/** Until then a new stream is read at once: its window, its dates and its first parts are young. */
const MODERATED_AFTER_MS = 3_000

/** A camera that plays, for which nobody waits, has only deadlines of seconds; its state is not in the cache, looking is dear. */
const REST_MS = 450

export interface CameraSurroundings {
  clock: Clock
  log: Log
  slabs: SlabPool
  budget: ConnectBudget
  logins: LoginLatch
  random: () => number
  warmRingMs: number
  moderation: ReadModeration
  /** Where streams are read back that devices push; absent: such a camera is away. */
  push?: { socketPath: string; token: string }
  /** Sums of cameras' counters, see `fleet-metrics.ts`. */
  retire: (pipeline: Pipeline, session: CameraSession) => void
}

/** One connection that gives RTP packets: to a camera, or to what a device has pushed. */
export type CameraSession = RtspSession | FlvSession

/** One camera: connected while warm or watched, retried when it fails, judged at every look. */
export class Camera {
  readonly stream: LiveStream
  readonly counts = { connects: 0, failures: 0 }
  order: CameraOrder
  session: CameraSession | null = null
  pipeline: Pipeline | null = null
  failure: StreamFailure | null = null
  latchKeys: LatchKeys
  readonly #around: CameraSurroundings
  readonly #retry: Retry
  /** With this login. */
  #hasPlayed = false
  #wantedUntilMs = -Infinity
  #playingSinceMs: number | null = null
  #lastState = 'idle'
  #lookAtMs = 0
  #restUntilMs = 0
  #promptUntilMs = -Infinity
  #isModerated = false
  #rate = { bytes: 0, atMs: 0 }

  constructor(order: CameraOrder, around: CameraSurroundings) {
    this.order = order
    this.latchKeys = latchKeysOf(order)
    this.#around = around
    this.#retry = new Retry(around.random)
    const ringMs = order.warm ? around.warmRingMs : COLD_RING_MS
    this.stream = new LiveStream(ringMs, firstNumber(around.clock.nowMs()))
  }

  /** Its login was rejected too often. A session that plays goes on: the camera had let it in before. */
  get isLatched(): boolean {
    return this.#playingSinceMs === null && this.#around.logins.isShut(this.latchKeys, this.#hasPlayed)
  }

  /**
   * Somebody asks for its picture.
   * @returns true: nobody had, and what has come since the last read is only now being read, in the next turn of the event loop
   */
  touch(): boolean {
    const nowMs = this.#around.clock.monotonicMs()
    this.#promptUntilMs = nowMs + PROMPT_MS
    if (nowMs > this.#wantedUntilMs && !this.order.warm) this.#retry.hurry(nowMs)
    this.#wantedUntilMs = nowMs + IDLE_STOP_MS
    if (!this.session) this.#connectIfDue(nowMs)
    return this.#readAtOnce()
  }

  /** @returns true when it was another camera, login or address from now on */
  change(order: CameraOrder): void {
    const before = this.order
    this.order = order
    this.stream.ring.keepMs = order.warm ? this.#around.warmRingMs : COLD_RING_MS
    if (order.record) this.#readAtOnce()
    if (SESSION_MEMBERS.every((member) => before[member] === order[member])) return
    const { account } = this.latchKeys
    this.latchKeys = latchKeysOf(order)
    this.#hasPlayed &&= this.latchKeys.account === account
    this.#retry.reset()
    this.failure = null
    this.#leave()
  }

  tick(nowMs: number): void {
    if (nowMs < this.#restUntilMs && this.stream.waiting === 0) return
    const isWanted = this.#isWanted(nowMs)
    if (!isWanted && this.session) this.#leave()
    if (!isWanted && this.stream.ring.segments.length > 0) this.stream.clear(nowMs)
    this.session?.tick(nowMs)
    this.pipeline?.tick(nowMs)
    if (this.#playingSinceMs !== null) this.#watch(nowMs, this.#playingSinceMs)
    if (!this.session && isWanted) this.#connectIfDue(nowMs)
    this.stream.tick(nowMs)
    if (nowMs >= this.#lookAtMs) this.#look(nowMs)
    if (this.#playingSinceMs !== null) this.#restUntilMs = nowMs + (this.#isModerated ? LOOK_MS : REST_MS)
  }

  verdict(nowMs: number): CameraVerdict {
    return judgeCamera(
      {
        isWanted: this.#isWanted(nowMs),
        isLatched: this.isLatched,
        failure: this.failure,
        playingSinceMs: this.#playingSinceMs,
        lastPacketMs: this.pipeline?.lastPacketMs ?? 0,
        lastKeyMs: this.pipeline?.lastKeyMs ?? 0,
        longestGroupMs: this.pipeline?.longestGroupMs ?? 0,
        hasPicture: (this.pipeline?.lastKeyMs ?? 0) > 0,
        lacksParameters: (this.pipeline?.counts.noParameters ?? 0) > 0,
        isStill: this.pipeline?.still.isStill ?? false,
      },
      nowMs,
    )
  }

  /** Something in our own code broke: this camera is asked anew, the others never notice. */
  broke(reason: string): void {
    this.#failed(silent(`internal error: ${reason}`))
  }

  /** How long until it is asked again; 0 while it is being asked. */
  retryInMs(nowMs: number): number {
    if (this.isLatched) return Infinity
    return this.session ? 0 : Math.max(0, this.#retry.nextMs - nowMs)
  }

  stop(): void {
    this.#leave()
    this.stream.endWaiting()
    this.stream.clear(this.#around.clock.monotonicMs())
    // Nobody looks after it any more: what a loop holds goes too.
    this.stream.ring.tick(Infinity)
  }

  #isWanted(nowMs: number): boolean {
    return this.order.warm || nowMs < this.#wantedUntilMs
  }

  #connectIfDue(nowMs: number): void {
    const { logins, budget } = this.#around
    if (this.isLatched || nowMs < this.#retry.nextMs || !logins.mayTry(this.latchKeys, nowMs)) return
    if (!budget.take(nowMs, nowMs < this.#wantedUntilMs)) return
    logins.tries(this.latchKeys, nowMs)
    this.counts.connects++
    try {
      this.session = this.#open({
        onVideo: (video, audio) => this.#described(video, audio),
        onPlaying: () => {
          this.#playingSinceMs = this.#around.clock.monotonicMs()
          this.#hasPlayed = true
          logins.accepted(this.latchKeys)
        },
        onRead: (lagMs) => this.pipeline?.readBegins(lagMs),
        onReadDone: () => this.pipeline?.readEnds(),
        onRtp: (bytes, start, end, nowMs) => this.pipeline?.packet(bytes, start, end, nowMs),
        onSound: (bytes, start, end, nowMs) => this.pipeline?.soundPacket(bytes, start, end, nowMs),
        onControl: (isSound, bytes, start, end) => this.pipeline?.control(isSound, bytes, start, end),
        onEnded: (failure) => this.#failed(failure),
      })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#failed(notACamera(error.message))
    }
  }

  #open(listener: SessionListener): CameraSession {
    const { clock, push } = this.#around
    const { url, audio, certificateSha256 } = this.order
    const path = pushPathOf(url)
    if (path !== null) {
      if (!push) throw new Fault('bad-request', 'This worker reads no pushed streams.')
      return new FlvSession({ ...push, path, clock, wantsSound: audio ?? false, listener })
    }
    return new RtspSession({
      ...whereAndWho(this.order),
      clock,
      wantsSound: audio ?? false,
      certificateSha256: certificateSha256 ?? null,
      listener,
    })
  }

  #described(video: PlayableVideo, audio: AudioMedia | null): void {
    this.pipeline = new Pipeline({
      ...video,
      stream: this.stream,
      clock: this.#around.clock,
      slabs: this.#around.slabs,
      audio: audio ? new AudioTrack(audio) : null,
    })
  }

  #watch(nowMs: number, playingSinceMs: number): void {
    const lastPacketMs = Math.max(playingSinceMs, this.pipeline?.lastPacketMs ?? 0)
    if (nowMs - lastPacketMs >= STALLED_GIVE_UP_MS) {
      this.session?.stop()
      this.#failed(silent('the camera stopped sending'))
    } else if ((this.pipeline?.lastKeyMs ?? 0) > 0) {
      this.failure = null
      if (nowMs - playingSinceMs >= STABLE_MS) this.#retry.reset()
    }
  }

  #failed(failure: StreamFailure): void {
    this.counts.failures++
    this.failure = failure
    if (failure.refuses) this.#around.logins.rejected(this.latchKeys, failure.refuses)
    // Asking our own RTMP program again costs nothing, and a patrol that begins to push is wanted at once.
    if (pushPathOf(this.order.url) !== null) this.#retry.reset()
    this.#retry.failed(this.#around.clock.monotonicMs())
    this.#leave()
    this.stream.endWaiting()
  }

  #leave(): void {
    this.#readAtOnce()
    this.session?.stop()
    this.pipeline?.close()
    if (this.pipeline && this.session) this.#around.retire(this.pipeline, this.session)
    this.session = null
    this.pipeline = null
    this.#playingSinceMs = null
    this.#restUntilMs = 0
  }

  #look(nowMs: number): void {
    this.#lookAtMs = nowMs + LOOK_MS
    if (this.session instanceof RtspSession) this.#moderate(this.session, nowMs)
    const { state, reason } = this.verdict(nowMs)
    if (state === this.#lastState) return
    this.#around.log.info('camera state', { cameraId: this.order.id, from: this.#lastState, to: state, reason })
    this.#lastState = state
  }

  /** Whose pictures go nowhere but into the ring is read in rounds; the wider the stream, the more often. */
  #moderate(session: RtspSession, nowMs: number): void {
    const { moderation } = this.#around
    const { bytes } = session.counts
    const bytesPerS = ((bytes - this.#rate.bytes) * 1000) / (nowMs - this.#rate.atMs)
    this.#rate = { bytes, atMs: nowMs }
    const isUnwatched = nowMs >= this.#promptUntilMs && !this.order.record && this.stream.waiting === 0
    const isSteady =
      nowMs - (this.#playingSinceMs ?? nowMs) >= MODERATED_AFTER_MS && (this.pipeline?.lastKeyMs ?? 0) > 0
    const mayRest = moderation.isOn && isUnwatched && isSteady && session.canRest
    const everyMs = mayRest ? readEveryMs(bytesPerS, moderation.everyMs(session)) : null
    this.#isModerated = everyMs !== null
    if (everyMs === null) moderation.leave(session)
    else moderation.join(session, everyMs)
  }

  #readAtOnce(): boolean {
    const { session } = this
    this.#isModerated = false
    return session instanceof RtspSession && this.#around.moderation.leave(session)
  }
}
