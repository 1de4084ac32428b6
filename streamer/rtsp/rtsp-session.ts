import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Credential, RtspAddress } from './address.ts'
import type { AudioMedia } from './audio-media.ts'
import { CameraRequests } from './camera-requests.ts'
import { Connection } from './connection.ts'
import type { Asked, Method } from './dialogue.ts'
import { Dialogue } from './dialogue.ts'
import type { StreamFailure } from './failure.ts'
import { describeNetworkError, notACamera, noVideo, refusedLogin, silent, unreachable, untrusted } from './failure.ts'
import { InterleavedSplitter } from './interleaved.ts'
import { KeepAlive } from './keep-alive.ts'
import type { RtspAnswer } from './message.ts'
import { byteText, headerOf, parseAnswer, saidBy } from './message.ts'
import type { PlayableVideo } from './session-description.ts'
import type { Step } from './set-up.ts'
import { SetUp } from './set-up.ts'
import type { Track } from './track.ts'

export interface SessionListener {
  /**
   * The stream is described and will come; parameter sets may be in it.
   * @param audio its sound, when that is wanted and can be passed on
   */
  onVideo(video: PlayableVideo, audio: AudioMedia | null): void
  onPlaying(): void
  /** A read begins; what it brings may have waited in the kernel for as long. */
  onRead?(lagMs: number): void
  /** All packets of the read were passed on. */
  onReadDone?(): void
  /** One RTP packet of the video; `bytes` valid only during the call; `nowMs` monotonic, of the read it came with. */
  onRtp(bytes: Buffer, start: number, end: number, nowMs: number): void
  /** One RTP packet of the sound. */
  onSound?(bytes: Buffer, start: number, end: number, nowMs: number): void
  /** An RTCP packet. */
  onControl?(isSound: boolean, bytes: Buffer, start: number, end: number): void
  /** Exactly once, unless `stop()` was called. */
  onEnded(failure: StreamFailure): void
}

/** A TCP handshake in a city's network takes milliseconds; three seconds forgive two lost SYNs. */
export const CONNECT_TIMEOUT_MS = 3_000
/** An installer waits for the verdict; every fault is named within six seconds, so the handshake ends a little earlier. */
export const HANDSHAKE_TIMEOUT_MS = 5_600
/**
 * One RTSP session (RFC 2326) as a client: OPTIONS, DESCRIBE, SETUP of the video, PLAY, keep-alive, TEARDOWN. Callbacks, no
 * promises: one step is outstanding at a time and `tick` enforces every deadline, so thousands share one timer.
 */
export class RtspSession {
  readonly counts = { packets: 0, bytes: 0, unknownChannel: 0, keepAlivesUnanswered: 0 }
  readonly splitter: InterleavedSplitter
  readonly #address: RtspAddress
  readonly #dialogue: Dialogue
  readonly #clock: Clock
  readonly #listener: SessionListener
  readonly #connection: Connection
  #phase: 'connecting' | 'handshake' | 'playing' | 'ended' = 'connecting'
  readonly #connectDeadlineMs: number
  readonly #handshakeDeadlineMs: number
  #wasAnswered = false
  #readAtMs = 0
  #lagMs = 0
  readonly #setUp: SetUp
  readonly #video: Track
  readonly #sound: Track
  readonly #keepAlive = new KeepAlive()
  readonly #requests = new CameraRequests()

  constructor(options: {
    address: RtspAddress
    credential: Credential | null
    clock: Clock
    listener: SessionListener
    /** Sets the sound up too. Default: only the video. */
    wantsSound?: boolean
    /** SHA-256 of the one certificate that is trusted (rtsps); null: an authority must have signed it. */
    certificateSha256?: string | null
  }) {
    this.#address = { ...options.address, target: byteText(options.address.target) }
    this.#dialogue = new Dialogue(options.credential)
    this.#clock = options.clock
    this.#listener = options.listener
    const nowMs = options.clock.monotonicMs()
    this.#connectDeadlineMs = nowMs + CONNECT_TIMEOUT_MS
    this.#handshakeDeadlineMs = nowMs + HANDSHAKE_TIMEOUT_MS
    this.splitter = new InterleavedSplitter({
      onFrame: (channel, bytes, start, end) => this.#frame(channel, bytes, start, end),
      onMessage: (head, body) => this.#message(head, body),
      onGarbage: (sample) => this.#garbage(sample),
      onHopeless: (reason) => this.#end(notACamera(reason)),
    })
    const datagrams = {
      onDatagram: (channel: number, bytes: Buffer) => {
        this.#readAtMs = this.#clock.monotonicMs()
        try {
          this.#frame(channel, bytes, 0, bytes.length)
        } catch (error) {
          // As in `Connection`: it ends this camera's session, and no other's.
          this.#end(silent(`internal error: ${reasonOf(error)}`))
        }
      },
      onFailed: (reason: string) => this.#end(unreachable(reason)),
    }
    const { target } = this.#address
    this.#setUp = new SetUp(target, options.wantsSound ?? false, datagrams, (step) => this.#take(step))
    this.#video = this.#setUp.video
    this.#sound = this.#setUp.sound
    const trusted = options.certificateSha256 ?? null
    this.#connection = new Connection(options.address, trusted, {
      onConnected: () => this.#connected(),
      onBytes: (bytes, length, hasRested) => this.#read(bytes, length, hasRested),
      onClosed: (error) => this.#closed(error),
    })
  }

  /** Its reads can wait: pictures alone, in a plain connection. Datagrams would be lost, and silence must be heard in time. */
  get canRest(): boolean {
    const isPlain = this.#phase === 'playing' && !this.#address.tls && !this.#video.isUdp
    return isPlain && this.#sound.channel < 0
  }

  setRests(rests: boolean): void {
    this.#connection.rests = rests
    if (!rests) this.#connection.readOn()
  }

  readOn(): void {
    this.#connection.readOn()
  }

  get soundRefused(): number {
    return this.#setUp.counts.soundRefused
  }

  /** Called a few times a second by the owner of all sessions. */
  tick(nowMs: number): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'playing') return this.#keepAlong(nowMs)
    const stepDeadlineMs = this.#phase === 'connecting' ? this.#connectDeadlineMs : this.#dialogue.deadlineMs
    if (nowMs >= Math.min(stepDeadlineMs, this.#handshakeDeadlineMs)) this.#end(this.#overdue())
  }

  /** Leaves in good order, also before it plays: a camera keeps a place for a session. The listener hears nothing more. */
  stop(): void {
    if (this.#phase === 'ended') return
    const says = this.#dialogue.sessionId !== ''
    const farewell = says ? this.#dialogue.ask('TEARDOWN', this.#setUp.aggregate, [], this.#clock.monotonicMs()) : ''
    this.#phase = 'ended'
    this.splitter.end()
    this.#setUp.close()
    this.#connection.close(farewell)
  }

  #end(failure: StreamFailure): void {
    if (this.#phase === 'ended') return
    this.stop()
    this.#listener.onEnded(failure)
  }

  #overdue(): StreamFailure {
    const { host, port } = this.#address
    if (this.#phase === 'connecting')
      return unreachable(`no connection to ${host}:${port} within ${CONNECT_TIMEOUT_MS / 1000} s`)
    const step = this.#dialogue.open?.method ?? 'OPTIONS'
    return silent(`the camera accepted the connection but does not answer ${step}`)
  }

  #closed(error: NodeJS.ErrnoException | null): void {
    const { host, port } = this.#address
    const why = error ? describeNetworkError(error) : 'closed the connection'
    if (error?.code === 'ECERTIFICATE') return this.#end(untrusted(error.message))
    if (this.#phase === 'connecting') return this.#end(unreachable(`${host}:${port}: ${why}`))
    if (error?.code === 'EINTERNAL') return this.#end(silent(error.message))
    if (!this.#wasAnswered)
      return this.#end(notACamera(`${host}:${port} ${error ? why : 'closed the connection'} without an RTSP answer`))
    this.#end(unreachable(error ? `the camera dropped the connection (${why})` : 'the camera closed the connection'))
  }

  #connected(): void {
    this.#phase = 'handshake'
    this.#ask('OPTIONS', this.#address.target)
  }

  #garbage(sample: string): void {
    if (this.#wasAnswered) return
    const said = sample.replace(/[^\x20-\x7e]+/g, ' ').trim()
    this.#end(notACamera(`something answers there, but not in RTSP${said === '' ? '' : ` (it says "${said}")`}`))
  }

  #read(bytes: Buffer, length: number, hasRested: boolean): void {
    const nowMs = this.#clock.monotonicMs()
    const lagMs = hasRested ? Math.max(this.#lagMs, nowMs - this.#readAtMs) : 0
    // What did not fit into the buffer comes with the next call, and has waited as long.
    this.#lagMs = length === bytes.length ? lagMs : 0
    this.#readAtMs = nowMs
    this.#listener.onRead?.(lagMs)
    this.splitter.push(bytes, length)
    this.#listener.onReadDone?.()
  }

  #frame(channel: number, bytes: Buffer, start: number, end: number): void {
    if (channel === this.#video.channel) {
      this.counts.packets++
      this.counts.bytes += end - start
      this.#listener.onRtp(bytes, start, end, this.#readAtMs)
    } else if (channel === this.#sound.channel) this.#listener.onSound?.(bytes, start, end, this.#readAtMs)
    else if (channel === this.#video.controlChannel) this.#listener.onControl?.(false, bytes, start, end)
    else if (channel === this.#sound.controlChannel) this.#listener.onControl?.(true, bytes, start, end)
    else this.counts.unknownChannel++
  }

  #ask(method: Method, target: string, headers: [string, string][] = []): void {
    this.#connection.write(this.#dialogue.ask(method, target, headers, this.#clock.monotonicMs()))
  }

  #message(head: string, body: string): void {
    const answer = parseAnswer(head, body)
    if (!answer) return this.#requested(head)
    this.#wasAnswered = true
    const heard = this.#dialogue.hear(answer, this.#clock.monotonicMs())
    if (heard.kind === 'stray') return
    if (heard.kind === 'again') return this.#connection.write(heard.request)
    if (heard.kind === 'refused') {
      // Not even TEARDOWN: cameras count every rejected login.
      this.#dialogue.sessionId = ''
      return this.#end(refusedLogin(heard.reason))
    }
    if (this.#phase === 'playing') return this.#keptAlive(answer)
    if (heard.asked.method === 'SETUP' && this.#setUp.isOfSound) return this.#setUpAnswered(heard.asked, answer)
    if (answer.status >= 300 && answer.status < 400) {
      return this.#end(notACamera('the camera redirects to another address; that is refused'))
    }
    if (answer.status === 403) return this.#end(refusedLogin('the camera forbids this user the stream (403)', 'stream'))
    this.#answered(heard.asked, answer)
  }

  #requested(head: string): void {
    if (head.startsWith('REDIRECT ')) {
      return this.#end(notACamera('the camera wants to redirect to another address; that is refused'))
    }
    const answer = this.#requests.answerTo(head, this.#dialogue.sessionId, this.#clock.monotonicMs())
    if (answer !== '') this.#connection.write(answer)
  }

  #answered(asked: Asked, answer: RtspAnswer): void {
    switch (asked.method) {
      case 'OPTIONS':
        // Some cameras refuse OPTIONS and play all the same.
        if (answer.status === 200) this.#keepAlive.offered(headerOf(answer, 'public') ?? '')
        return this.#ask('DESCRIBE', this.#address.target, [['Accept', 'application/sdp']])
      case 'DESCRIBE':
        return this.#described(answer)
      case 'SETUP':
        return this.#setUpAnswered(asked, answer)
      case 'PLAY':
        return this.#played(answer)
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
      case 'TEARDOWN':
        return
      default: {
        const never: never = asked.method
        throw new Error(`unknown method ${String(never)}`)
      }
    }
  }

  #described(answer: RtspAnswer): void {
    const step = this.#setUp.described(answer)
    const { media } = this.#setUp
    if (media) this.#listener.onVideo(media.video, media.audio)
    this.#take(step)
  }

  #setUpAnswered(asked: Asked, answer: RtspAnswer): void {
    const step = this.#setUp.answered(asked, answer, this.#connection.remoteAddress)
    this.#dialogue.sessionId = this.#setUp.session.id
    this.#take(step)
  }

  #take(step: Step): void {
    if (this.#phase === 'ended' || step.do === 'wait') return
    if (step.do === 'fail') this.#end(step.failure)
    else this.#ask(step.method, step.target, step.headers)
  }

  #played(answer: RtspAnswer): void {
    if (answer.status !== 200) return this.#end(noVideo(`the camera does not play (${saidBy(answer)})`))
    this.#phase = 'playing'
    this.#keepAlive.began(this.#clock.monotonicMs(), this.#setUp.session.timeoutS)
    this.#listener.onPlaying()
  }

  // --- while playing

  #keepAlong(nowMs: number): void {
    if (!this.#keepAlive.isDue(nowMs)) return
    if (this.#dialogue.open) {
      this.counts.keepAlivesUnanswered++
      this.#keepAlive.unanswered()
    }
    this.#ask(this.#keepAlive.method(), this.#setUp.aggregate)
  }

  /** No refusal ends a session whose packets come; when they stop, the silence ends it. The next method is tried at once: the time is short. */
  #keptAlive(answer: RtspAnswer): void {
    if (answer.status >= 400 && this.#keepAlive.refused()) this.#ask(this.#keepAlive.method(), this.#setUp.aggregate)
  }
}
