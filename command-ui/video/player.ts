import type { Clock } from '../../domain/clock.ts'
import { Hls, type ErrorData, type HlsConfig } from './hls-door.ts'
import { govern } from './latency-governor.ts'
import { isGone, plainUrl } from './playlist-budget.ts'

/**
 * fast: parts of 200 ms with blocking reloads, for the one picture the officer looks at. calm: whole segments from the plain playlist, for
 * the strip; a blocking reload holds one of the browser's six connections per origin, and a press of Enter needs one of them.
 * loop: a short recording again and again.
 */
export type PlayerMode = 'fast' | 'calm' | 'loop'

export interface PlayerState {
  /** stalled: no new frame for `STALLED_AFTER_MS`, the picture that stands is old. failed: nothing to show, trying again. */
  phase: 'connecting' | 'playing' | 'stalled' | 'failed' | 'missing' | 'unsupported'
  /** Server clock minus the programme time of the frame on the glass, ms; null while unknown and for loops. */
  latencyMs: number | null
  /** How old the frame on the glass is for the officer, ms since it was painted. */
  sinceFrameMs: number | null
  /** True once a frame has been painted. */
  hasPicture: boolean
}

export interface Player {
  destroy(): void
}

/** Two camera GOPs of 2 s without a frame is not jitter any more. */
export const STALLED_AFTER_MS = 4000
const LOOK_EVERY_MS = 500
/** Twice the retention of parts: after this the playlist position is gone, and a fresh start is faster than waiting. */
const RESTART_AFTER_MS = 12_000
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 5000

const COMMON: Partial<HlsConfig> = {
  // Without the worker no blob: script is needed; fMP4 is passed through, so there is almost nothing to do in it.
  enableWorker: false,
  backBufferLength: 10,
  maxBufferLength: 10,
  // 8 MB hold 16 s of a 4 Mbit/s main stream; a wall of nine stays below 80 MB.
  maxBufferSize: 8_000_000,
  startFragPrefetch: true,
  liveDurationInfinity: true,
}

/** Behind the present, ms: three parts and the way; one whole second, its reload and its way. */
const TARGET_MS: Record<Exclude<PlayerMode, 'loop'>, number> = { fast: 1200, calm: 3000 }
/** A camera with a long key frame interval has long segments; a calm picture stands at least so many of them back. */
const CALM_SEGMENTS = 1.5

// The library never corrects by itself (rate 1): `latency-governor.ts` does, by the server's clock.
const MODES: Record<PlayerMode, Partial<HlsConfig>> = {
  fast: {
    ...COMMON,
    lowLatencyMode: true,
    liveSyncDuration: 1,
    liveMaxLatencyDuration: 6,
    maxLiveSyncPlaybackRate: 1,
  },
  calm: {
    ...COMMON,
    lowLatencyMode: false,
    liveSyncDuration: 3,
    liveMaxLatencyDuration: 12,
    maxLiveSyncPlaybackRate: 1,
  },
  loop: { ...COMMON, lowLatencyMode: false, backBufferLength: 60, maxBufferLength: 40, startPosition: 0 },
}

/** Mostly H.265 in a browser without a decoder for it; trying again changes nothing. */
const CANNOT_DECODE = new Set<string>([
  Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
  Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR,
])

/** Plays one camera into one `<video muted playsinline>` until it is destroyed. Price: one timer and one hls.js instance. */
export function createPlayer(
  video: HTMLVideoElement,
  url: string,
  mode: PlayerMode,
  clock: Clock,
  onState: (state: PlayerState) => void,
): Player {
  return new HlsPlayer(video, url, mode, clock, onState)
}

class HlsPlayer implements Player {
  #video: HTMLVideoElement
  #url: string
  #mode: PlayerMode
  #clock: Clock
  #onState: (state: PlayerState) => void
  #hls: Hls | null = null
  #phase: PlayerState['phase'] = 'connecting'
  #frameMs: number | null = null
  #startedMs = 0
  #failures = 0
  #hasFailed = false
  #told = ''
  #look: ReturnType<typeof setInterval>
  #retry: ReturnType<typeof setTimeout> | null = null
  #frameRequest = 0
  #destroyed = false
  #isBack = false
  #onVisible = () => {
    if (document.hidden) return
    this.#isBack = true
    this.#watch()
  }

  constructor(
    video: HTMLVideoElement,
    url: string,
    mode: PlayerMode,
    clock: Clock,
    onState: (state: PlayerState) => void,
  ) {
    this.#video = video
    this.#url = url
    this.#mode = mode
    this.#clock = clock
    this.#onState = onState
    this.#look = setInterval(() => this.#watch(), LOOK_EVERY_MS)
    this.#followFrames()
    document.addEventListener('visibilitychange', this.#onVisible)
    if (mode === 'loop') video.loop = true
    this.#start()
  }

  destroy(): void {
    this.#destroyed = true
    clearInterval(this.#look)
    document.removeEventListener('visibilitychange', this.#onVisible)
    if (this.#retry) clearTimeout(this.#retry)
    this.#video.cancelVideoFrameCallback(this.#frameRequest)
    this.#drop()
    this.#video.removeAttribute('src')
    this.#video.load()
  }

  #start(): void {
    if (this.#destroyed) return
    this.#drop()
    this.#startedMs = this.#clock.monotonicMs()
    if (!Hls.isSupported()) return this.#to('unsupported')
    const hls = new Hls(MODES[this.#mode])
    this.#hls = hls
    hls.on(Hls.Events.ERROR, (_event, error) => this.#fail(error))
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.#play())
    hls.loadSource(this.#mode === 'calm' ? plainUrl(this.#url, this.#hasFailed) : this.#url)
    hls.attachMedia(this.#video)
  }

  #play(): void {
    // Refused only while the page is hidden or the element is being removed; the watch below sees the missing frames.
    this.#video.play().catch(() => this.#tell())
  }

  #drop(): void {
    this.#hls?.destroy()
    this.#hls = null
  }

  #fail(error: ErrorData): void {
    if (!error.fatal || this.#destroyed) return
    if (CANNOT_DECODE.has(error.details)) {
      this.#drop()
      return this.#to('unsupported')
    }
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && this.#failures === 0) {
      this.#failures++
      this.#hls?.recoverMediaError()
      return
    }
    const isMissing = isGone(error.response?.code ?? 0)
    this.#hasFailed = true
    this.#drop()
    if (this.#mode === 'loop' && isMissing) return this.#to('missing')
    this.#to(this.#frameMs === null ? 'failed' : 'stalled')
    this.#restartLater()
  }

  #restartLater(): void {
    if (this.#retry || this.#destroyed) return
    const ceilingMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures++)
    const waitMs = RETRY_MIN_MS + Math.random() * (ceilingMs - RETRY_MIN_MS)
    this.#retry = setTimeout(() => {
      this.#retry = null
      this.#start()
    }, waitMs)
  }

  #followFrames(): void {
    this.#frameRequest = this.#video.requestVideoFrameCallback(() => {
      if (this.#destroyed) return
      this.#frameMs = this.#clock.monotonicMs()
      this.#failures = 0
      this.#to('playing')
      this.#followFrames()
    })
  }

  #watch(): void {
    const nowMs = this.#clock.monotonicMs()
    const silentMs = nowMs - Math.max(this.#frameMs ?? 0, this.#startedMs)
    if (this.#phase === 'playing' && silentMs > STALLED_AFTER_MS && !document.hidden) this.#to('stalled')
    const isStuck = this.#phase !== 'unsupported' && this.#phase !== 'missing' && silentMs > RESTART_AFTER_MS
    if (isStuck && !this.#retry && !document.hidden) {
      this.#failures++
      this.#hasFailed = true
      this.#start()
    }
    if (this.#video.paused && this.#hls && this.#video.readyState >= 2) this.#play()
    this.#govern()
    this.#tell()
  }

  #govern(): void {
    const hls = this.#hls
    if (!hls || this.#mode === 'loop') return
    const video = this.#video
    const end = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : video.currentTime
    const isCalm = this.#mode === 'calm'
    const segmentMs = isCalm ? (hls.latestLevelDetails?.targetduration ?? 0) * 1000 : 0
    const { rate, toLiveEdge } = govern({
      latencyMs: this.#latencyMs(),
      aheadMs: (end - video.currentTime) * 1000,
      comesMs: isCalm ? (hls.latestLevelDetails?.fragments.at(-1)?.duration ?? 0) * 1000 : 0,
      targetMs: Math.max(TARGET_MS[this.#mode], segmentMs * CALM_SEGMENTS),
      rate: video.playbackRate,
      isBack: this.#isBack,
    })
    this.#isBack = false
    if (video.playbackRate !== rate) video.playbackRate = rate
    const edge = hls.liveSyncPosition
    // A camera that has stopped has no later picture to jump to.
    if (toLiveEdge && edge !== null && edge > video.currentTime + 0.5) video.currentTime = edge
  }

  #latencyMs(): number | null {
    const shownAt = this.#mode === 'loop' ? null : (this.#hls?.playingDate ?? null)
    return shownAt ? Math.max(0, this.#clock.nowMs() - shownAt.getTime()) : null
  }

  #to(phase: PlayerState['phase']): void {
    if (phase === this.#phase && phase === 'playing') return
    this.#phase = phase
    this.#tell()
  }

  #tell(): void {
    if (this.#destroyed) return
    const latencyMs = this.#latencyMs()
    const sinceFrameMs = this.#frameMs === null ? null : this.#clock.monotonicMs() - this.#frameMs
    // Views read tenths and whole seconds; nothing finer is worth a render.
    const told = [this.#phase, Math.round((latencyMs ?? -1) / 100), Math.floor((sinceFrameMs ?? -1) / 1000)].join()
    if (told === this.#told) return
    this.#told = told
    this.#onState({ phase: this.#phase, latencyMs, sinceFrameMs, hasPicture: this.#frameMs !== null })
  }
}
