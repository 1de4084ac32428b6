import type { ErrorData } from './hls-door.ts'
import { Hls } from './hls-door.ts'

export interface ReplayState {
  phase: 'loading' | 'ready' | 'failed' | 'unsupported'
  isPaused: boolean
  /** Wall clock of the frame on the glass; null before the first. */
  atMs: number | null
}

export interface ReplayPlayer {
  /** To the picture of that moment, or the next one that there is. */
  seek(wallMs: number): void
  toggle(): void
  /** Follows somebody else's hand: plays at that rate, or stands still. */
  run(isRunning: boolean, rate: number): void
  destroy(): void
}

/** A slider that is dragged, and the hand of the axis, need no more. */
const TELL_EVERY_MS = 250
const RETRY_MS = 3_000

/**
 * Plays what was recorded, from its first picture, by the wall clock: the playlist's dates say which place in the media is which moment.
 * Price: one timer and one hls.js instance until it is destroyed.
 */
export function createReplay(
  video: HTMLVideoElement,
  url: string,
  onState: (state: ReplayState) => void,
): ReplayPlayer {
  let phase: ReplayState['phase'] = 'loading'
  let hls: Hls | null = null
  let retry: ReturnType<typeof setTimeout> | null = null
  const tell = () => onState({ phase, isPaused: video.paused, atMs: hls?.playingDate?.getTime() ?? null })
  const timer = setInterval(tell, TELL_EVERY_MS)

  function start(): void {
    hls?.destroy()
    if (!Hls.isSupported()) {
      phase = 'unsupported'
      return tell()
    }
    hls = new Hls({
      enableWorker: false,
      lowLatencyMode: false,
      maxBufferLength: 30,
      backBufferLength: 60,
      startPosition: 0,
    })
    hls.on(Hls.Events.ERROR, (_event, error) => fail(error))
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      phase = 'ready'
      tell()
    })
    hls.loadSource(url)
    hls.attachMedia(video)
  }

  function fail(error: ErrorData): void {
    if (!error.fatal) return
    if (error.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) phase = 'unsupported'
    else {
      phase = 'failed'
      retry ??= setTimeout(() => {
        retry = null
        start()
      }, RETRY_MS)
    }
    tell()
  }

  start()
  return {
    seek: (wallMs) => {
      const fragments = hls?.levels[0]?.details?.fragments ?? []
      const found =
        fragments.find((one) => (one.programDateTime ?? 0) + one.duration * 1000 > wallMs) ?? fragments.at(-1)
      if (!found) return
      const intoS = (wallMs - (found.programDateTime ?? wallMs)) / 1000
      video.currentTime = found.start + Math.min(Math.max(0, intoS), Math.max(0, found.duration - 0.05))
      tell()
    },
    run: (isRunning, rate) => {
      video.playbackRate = rate
      if (!isRunning) video.pause()
      else if (video.paused) video.play().catch(tell)
    },
    toggle: () => {
      // Refused only while the page is hidden; the next press of the button asks again.
      if (video.paused) video.play().catch(tell)
      else video.pause()
      tell()
    },
    destroy: () => {
      clearInterval(timer)
      if (retry) clearTimeout(retry)
      hls?.destroy()
      hls = null
      video.removeAttribute('src')
      video.load()
    },
  }
}
