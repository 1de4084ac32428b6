import type { AudioMedia } from './audio-media.ts'
import type { Asked } from './dialogue.ts'
import type { StreamFailure } from './failure.ts'
import { noVideo } from './failure.ts'
import type { RtspAnswer } from './message.ts'
import { headerOf, parseSession, parseTransport, saidBy } from './message.ts'
import type { PlayableVideo } from './session-description.ts'
import { controlTarget, isPlayable, parseSessionDescription } from './session-description.ts'
import type { TrackListener } from './track.ts'
import { Track } from './track.ts'

export interface DescribedMedia {
  video: PlayableVideo
  audio: AudioMedia | null
}

/** What follows an answer. */
export type Step =
  | { do: 'ask'; method: 'SETUP' | 'PLAY'; target: string; headers: [string, string][] }
  /** For ports; `onStep` tells what follows then. */
  | { do: 'wait' }
  | { do: 'fail'; failure: StreamFailure }

/**
 * From the camera's description to PLAY: which tracks are set up, where, and by which transport. First the video, interleaved, by UDP
 * when that is refused (461); then the sound, whose refusal is never worth the picture.
 */
export class SetUp {
  readonly counts = { soundRefused: 0 }
  readonly video: Track
  readonly sound: Track
  /** What PLAY, keep-alive and TEARDOWN are asked of. */
  aggregate: string
  session = { id: '', timeoutS: 60 }
  media: DescribedMedia | null = null
  readonly #target: string
  readonly #wantsSound: boolean
  readonly #onStep: (step: Step) => void
  #base: string
  #current: Track

  /**
   * @param target the camera's address without its credential
   * @param onStep after a `wait`
   */
  constructor(target: string, wantsSound: boolean, listener: TrackListener, onStep: (step: Step) => void) {
    this.#target = this.#base = this.aggregate = target
    this.#wantsSound = wantsSound
    this.#onStep = onStep
    this.video = this.#current = new Track(0, listener)
    this.sound = new Track(2, listener)
  }

  /** The sound is being set up, so that no refusal ends the session. */
  get isOfSound(): boolean {
    return this.#current === this.sound
  }

  described(answer: RtspAnswer): Step {
    if (answer.status === 404) return fail('the camera knows no stream at this path (404)')
    if (answer.status !== 200) return fail(`the camera does not describe its stream (${saidBy(answer)})`)
    const description = parseSessionDescription(answer.body)
    const video = description.videos.find(isPlayable)
    if (!video) {
      const other = description.videos[0]
      if (other) return fail(`the camera sends ${other.encoding}; choose H.264 or H.265 in its settings`)
      return fail(`what the camera describes ${description.medias > 0 ? 'has no video in it' : 'is not an SDP'}`)
    }
    this.#base = headerOf(answer, 'content-base') ?? headerOf(answer, 'content-location') ?? this.#target
    this.aggregate = controlTarget(this.#base, description.control)
    this.media = { video, audio: this.#wantsSound ? description.audio : null }
    this.video.target = controlTarget(this.#base, video.control)
    return this.#ask(this.video)
  }

  /** @param remoteAddress from where datagrams may come */
  answered(asked: Asked, answer: RtspAnswer, remoteAddress: string): Step {
    const track = this.#current
    const { video, audio } = this.media!
    if (track === this.sound && answer.status !== 200) {
      this.counts.soundRefused++
      return this.#play()
    }
    if (answer.status === 461 && track.askUdp(() => this.#onStep(this.#ask(track)))) return { do: 'wait' }
    const plain = controlTarget(this.#target, video.control)
    if (answer.status !== 200 && asked.target !== plain) {
      // A wrong Content-Base: once more relative to the address that was asked for.
      this.#base = this.aggregate = this.#target
      track.target = plain
      return this.#ask(track)
    }
    if (answer.status !== 200) return fail(`the camera does not set the stream up (${saidBy(answer)})`)
    // Not every camera repeats it for the second track.
    const session = headerOf(answer, 'session')
    if (session !== null) this.session = parseSession(session)
    track.opened(parseTransport(headerOf(answer, 'transport') ?? ''), remoteAddress)
    if (track === this.sound || !audio) return this.#play()
    this.sound.target = controlTarget(this.#base, audio.control)
    if (!track.isUdp) return this.#ask(this.sound)
    this.sound.askUdp(() => this.#onStep(this.#ask(this.sound)))
    return { do: 'wait' }
  }

  close(): void {
    this.video.close()
    this.sound.close()
  }

  #ask(track: Track): Step {
    this.#current = track
    return { do: 'ask', method: 'SETUP', target: track.target, headers: [['Transport', track.transport()]] }
  }

  #play(): Step {
    return { do: 'ask', method: 'PLAY', target: this.aggregate, headers: [['Range', 'npt=0.000-']] }
  }
}

function fail(reason: string): Step {
  return { do: 'fail', failure: noVideo(reason) }
}
