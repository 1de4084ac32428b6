import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { challenge, checkDigest, type Account, type DigestAlgorithm } from '../digest.ts'
import type { Feed } from './feed.ts'
import { RtspRequestReader, type RtspRequest } from './rtsp-request.ts'
import { chooseTransport, describeSession, type Transport } from './session-description.ts'
import type { SoundSender } from '../sound/sound-sender.ts'
import type { StreamViewer } from './stream-viewer.ts'
import { FRAME_TICKS } from './feed.ts'

const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN'

/** What a connection needs of the server. */
export interface RtspHost {
  account: Account
  algorithms: DigestAlgorithm[]
  /** `/cam/{cameraId}/{sub|main}` → its feed. */
  feedOf(path: string): Feed | null
  openViewer(feed: Feed, transport: Transport, socket: Socket): StreamViewer
  /** Null: this camera has no microphone. */
  openSound(feed: Feed, transport: Transport, socket: Socket): SoundSender | null
  closeViewer(viewer: StreamViewer): void
  udpPorts(): { rtpPort: number; rtcpPort: number }
  pictureNow(feed: Feed): number
  countRefused(): void
}

/** Seconds without a sign of life after which a camera forgets a session; as most cameras say. */
const SESSION_TIMEOUT_S = 60

type Answer = { status: string; headers?: [string, string][]; body?: string }

/** Answers one viewer until the socket closes. */
export function serveConnection(host: RtspHost, socket: Socket): void {
  new RtspConnection(host, socket).start()
}

/** One viewer's RTSP connection (RFC 2326): login, one session, the picture and perhaps the sound. */
class RtspConnection {
  readonly #host: RtspHost
  readonly #socket: Socket
  readonly #reader = new RtspRequestReader()
  readonly #nonce = randomBytes(16).toString('hex')
  readonly #sessionId = randomBytes(6).toString('hex')
  #viewer: StreamViewer | null = null
  #sound: SoundSender | null = null
  #feed: Feed | null = null
  #hangs = false
  #silence: NodeJS.Timeout | null = null
  #closeTimer: NodeJS.Timeout | null = null

  constructor(host: RtspHost, socket: Socket) {
    this.#host = host
    this.#socket = socket
  }

  start(): void {
    const socket = this.#socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      const onRequest = (request: RtspRequest) => this.#answer(request)
      if (!this.#reader.push(chunk, onRequest, () => this.#alive())) socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
    this.#alive()
  }

  #end(): void {
    if (this.#silence) clearTimeout(this.#silence)
    if (this.#closeTimer) clearTimeout(this.#closeTimer)
    this.#leave()
  }

  #leave(): void {
    if (this.#viewer) this.#host.closeViewer(this.#viewer)
    this.#viewer = null
    this.#sound?.pause()
    this.#sound = null
  }

  #alive(): void {
    if (this.#silence) this.#silence.refresh()
    else this.#silence = setTimeout(() => this.#socket.destroy(), SESSION_TIMEOUT_S * 1500)
  }

  #answer(request: RtspRequest): void {
    this.#alive()
    if (this.#hangs) return
    const answer = this.#decide(request)
    if (!answer) return
    const { status, headers = [], body = '' } = answer
    const lines = [
      `RTSP/1.0 ${status}`,
      `CSeq: ${request.headers.get('cseq') ?? '0'}`,
      'Server: Vigil simulated camera',
    ]
    for (const [name, value] of headers) lines.push(`${name}: ${value}`)
    if (body) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  }

  #decide(request: RtspRequest): Answer | null {
    if (request.method === 'OPTIONS') return { status: '200 OK', headers: [['Public', METHODS]] }
    const feed = this.#host.feedOf(pathOf(request.url))
    if (feed?.fault?.kind === 'hang-on-describe' && request.method === 'DESCRIBE') {
      this.#hangs = true
      return null
    }
    const refusal = this.#login(request, feed)
    if (refusal) return refusal
    if (!feed) return { status: '404 Stream Not Found' }
    switch (request.method) {
      case 'DESCRIBE':
        return this.#describe(request, feed)
      case 'SETUP':
        return this.#setUp(request, feed)
      case 'PLAY':
        return this.#play(request, feed)
      case 'PAUSE':
        this.#viewer?.pause()
        this.#sound?.pause()
        return this.#inSession(request)
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return this.#inSession(request)
      case 'TEARDOWN': {
        const answer = this.#inSession(request)
        this.#leave()
        return answer
      }
      default:
        return { status: '501 Not Implemented', headers: [['Public', METHODS]] }
    }
  }

  #login(request: RtspRequest, feed: Feed | null): Answer | null {
    const verdict = checkDigest(
      request.headers.get('authorization'),
      request.method,
      this.#host.account,
      (nonce) => nonce === this.#nonce,
    )
    if (verdict === 'accepted' && feed?.fault?.kind !== 'refuse-login') return null
    if (verdict !== 'missing') this.#host.countRefused()
    const headers = this.#host.algorithms.map((algorithm): [string, string] => [
      'WWW-Authenticate',
      challenge(algorithm, this.#nonce, verdict === 'stale', false),
    ])
    return { status: '401 Unauthorized', headers }
  }

  #describe(request: RtspRequest, feed: Feed): Answer {
    if (feed.fault?.kind === 'hang-after-describe') this.#hangs = true
    const base = request.url.endsWith('/') ? request.url : `${request.url}/`
    return {
      status: '200 OK',
      headers: [
        ['Content-Base', base],
        ['Content-Type', 'application/sdp'],
      ],
      body: describeSession(feed.camera, feed.clip, Number.parseInt(this.#sessionId.slice(0, 8), 16)),
    }
  }

  #setUp(request: RtspRequest, feed: Feed): Answer {
    const transport = chooseTransport(request.headers.get('transport') ?? '')
    if (!transport) return { status: '461 Unsupported Transport' }
    const track = request.url.endsWith('/track2') ? this.#openSound(feed, transport) : this.#openViewer(feed, transport)
    if (!track) return { status: '404 Stream Not Found' }
    const ssrc = track.ssrc.toString(16).padStart(8, '0').toUpperCase()
    const ports = this.#host.udpPorts()
    const chosen =
      transport.kind === 'tcp'
        ? `RTP/AVP/TCP;unicast;interleaved=${transport.rtpChannel}-${transport.rtcpChannel};ssrc=${ssrc};mode="PLAY"`
        : `RTP/AVP;unicast;client_port=${transport.rtpPort}-${transport.rtcpPort};server_port=${ports.rtpPort}-${ports.rtcpPort};ssrc=${ssrc};mode="PLAY"`
    return {
      status: '200 OK',
      headers: [
        ['Transport', chosen],
        ['Session', `${this.#sessionId};timeout=${SESSION_TIMEOUT_S}`],
      ],
    }
  }

  #openViewer(feed: Feed, transport: Transport): StreamViewer {
    if (this.#viewer) this.#host.closeViewer(this.#viewer)
    this.#viewer = this.#host.openViewer(feed, transport, this.#socket)
    this.#feed = feed
    return this.#viewer
  }

  #openSound(feed: Feed, transport: Transport): SoundSender | null {
    this.#sound?.pause()
    this.#sound = this.#host.openSound(feed, transport, this.#socket)
    return this.#sound
  }

  #play(request: RtspRequest, feed: Feed): Answer {
    const viewer = this.#viewer
    const answer = this.#inSession(request)
    if (!viewer || feed !== this.#feed) return answer
    if (feed.fault?.kind === 'close-after') {
      this.#closeTimer = setTimeout(() => this.#socket.destroy(), feed.fault.afterMs)
    }
    // After the answer has been written, so that no packet overtakes it.
    setImmediate(() => {
      viewer.play()
      this.#sound?.play()
    })
    const ticks = (viewer.baseTicks + this.#host.pictureNow(feed) * FRAME_TICKS) >>> 0
    const track = `${request.url.replace(/\/$/, '')}/track1`
    answer.headers?.push(['Range', 'npt=now-'], ['RTP-Info', `url=${track};seq=${viewer.sequence};rtptime=${ticks}`])
    return answer
  }

  #inSession(request: RtspRequest): Answer {
    const given = request.headers.get('session')?.split(';')[0]?.trim()
    // GET_PARAMETER is also used as a plain "are you there" before SETUP.
    if (!this.#viewer && request.method === 'GET_PARAMETER') return { status: '200 OK' }
    if (!this.#viewer || given !== this.#sessionId) return { status: '454 Session Not Found' }
    return { status: '200 OK', headers: [['Session', `${this.#sessionId};timeout=${SESSION_TIMEOUT_S}`]] }
  }
}

function pathOf(url: string): string {
  const match = /^rtsps?:\/\/[^/]+(\/[^?#]*)/i.exec(url)
  return (match?.[1] ?? '').replace(/\/(track[12])?$/, '').replace(/\/$/, '')
}
