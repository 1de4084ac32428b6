import { createHash, randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import net from 'node:net'
import tls from 'node:tls'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock } from '../../../domain/clock.ts'
import type { Picture } from './annex-b.ts'
import { typeOf } from './annex-b.ts'
import { interleaved, packetise, rtpPacket } from './packetise.ts'
import type { PacketiseOptions } from './packetise.ts'

/** A camera with the faults that cameras have. Real sockets, real H.264, its own idea of RTSP. */
export interface TestCameraOptions extends PacketiseOptions {
  pictures: Picture[]
  /** Another stream from this picture on, e.g. after a change of resolution. */
  thenPictures?: { after: number; pictures: Picture[] }
  login?: {
    username: string
    password: string
    algorithm?: 'MD5' | 'SHA-256' | 'Basic'
    /** Its bytes, one character each. */
    realm?: string
    qop?: boolean
    staleAfter?: number
    /** Nobody may see this path. */
    refusesAt?: string
  }
  /** This method is never answered. */
  silentAt?: string
  /** Raw answer in place of the normal one. */
  answers?: Partial<Record<string, string>>
  public?: string
  /** `CSeq` of all its answers, instead of the one that was asked with. */
  cseq?: string
  contentBase?: string | null
  sprop?: boolean
  codec?: string
  refusesTcp?: boolean
  /** What it says of its UDP ports, instead of the truth. */
  serverPorts?: string
  /** Pictures a second of wall clock. */
  fps?: number
  /** RTP ticks of a picture. */
  stepTicks?: number
  firstTicks?: number
  /** RTP ticks of picture `index`, instead of evenly from `firstTicks`. */
  ticksOf?: (index: number) => number
  garbageEvery?: number
  sessionTimeoutS?: number
  /** Stops sending after so many pictures, connection open. */
  sendsOnly?: number
  channels?: [number, number]
  /** Serves rtsps with this. */
  tls?: { key: string; cert: string }
  /** A second track; its payloads are sent beside the pictures, so many milliseconds each. */
  sound?: { lines: string[]; payloadType: number; payloads: Buffer[]; stepTicks: number; payloadMs: number }
  refusesSound?: boolean
  /** The sound stops after so many packets. */
  soundSendsOnly?: number
  /** `a=control` of the video. */
  control?: string
  /** An RTCP packet after every so many pictures. */
  rtcp?: { every: number; bytes: (sent: number, ticks: number) => Buffer }
  /** Changes what goes out for one picture. */
  damage?: (packets: Buffer[], sent: number) => Buffer[]
}

export class TestCamera {
  readonly requests: { method: string; target: string; headers: Record<string, string> }[] = []
  readonly options: TestCameraOptions
  connections = 0
  #server: net.Server
  #sockets = new Set<Socket>()
  #timers = new Set<NodeJS.Timeout>()
  #udp: dgram.Socket | null = null
  #nonce = randomBytes(8).toString('hex')

  private constructor(options: TestCameraOptions) {
    this.options = options
    const serve = (socket: Socket) => this.#serve(socket)
    this.#server = options.tls ? tls.createServer(options.tls, serve) : net.createServer(serve)
    if (this.#server instanceof tls.Server) this.#server.on('tlsClientError', () => {})
  }

  static async start(options: TestCameraOptions): Promise<TestCamera> {
    const camera = new TestCamera(options)
    await new Promise<void>((resolve) => camera.#server.listen(0, '127.0.0.1', resolve))
    return camera
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }
  get openConnections(): number {
    return this.#sockets.size
  }
  get url(): string {
    return `${this.options.tls ? 'rtsps' : 'rtsp'}://127.0.0.1:${this.port}/stream1`
  }

  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Between two packets, on every connection. */
  say(text: string): void {
    for (const socket of this.#sockets) socket.write(text)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.dropAll()
    this.#udp?.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let text = ''
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        this.#answer(socket, text.slice(0, end))
        text = text.slice(end + 4)
      }
    })
  }

  #answer(socket: Socket, head: string): void {
    const [first = '', ...lines] = head.split('\r\n')
    const [method = '', target = ''] = first.split(' ')
    const headers = Object.fromEntries(
      lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]),
    )
    this.requests.push({ method, target, headers })
    const { options } = this
    if (options.silentAt === method) return
    const cseq = options.cseq ?? headers['cseq'] ?? '0'
    const raw = options.answers?.[method]
    if (raw !== undefined) return void socket.write(raw.replace('{cseq}', cseq), 'latin1')
    const say = (status: string, extra: string[] = [], body = '') =>
      socket.write(
        [
          `RTSP/1.0 ${status}`,
          `CSeq: ${cseq}`,
          ...extra,
          ...(body ? [`Content-Length: ${body.length}`] : []),
          '',
          body,
        ].join('\r\n'),
        'latin1',
      )
    if (method === 'OPTIONS')
      return void say('200 OK', [
        `Public: ${options.public ?? 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER'}`,
      ])
    const challenge = this.#challenge(method, headers['authorization'] ?? '')
    if (challenge) return void say('401 Unauthorized', challenge)
    if (method === 'DESCRIBE') {
      const base = options.contentBase === undefined ? `${this.url}/` : options.contentBase
      return void say(
        '200 OK',
        ['Content-Type: application/sdp', ...(base === null ? [] : [`Content-Base: ${base}`])],
        this.#sdp(),
      )
    }
    if (method === 'SETUP') return this.#setUp(socket, headers['transport'] ?? '', target, say)
    if (method === 'PLAY') {
      say('200 OK', ['Session: 777'])
      return this.#play(socket)
    }
    say('200 OK', ['Session: 777'])
  }

  #setUp(_socket: Socket, transport: string, target: string, say: (status: string, extra?: string[]) => void): void {
    const session = `Session: 777;timeout=${this.options.sessionTimeoutS ?? 60}`
    if (transport.includes('TCP')) {
      if (this.options.refusesTcp) return say('461 Unsupported Transport')
      const isSound = target.endsWith('sound')
      if (isSound && this.options.refusesSound) return say('500 Internal Server Error')
      const [rtp, rtcp] = isSound ? [2, 3] : (this.options.channels ?? [0, 1])
      return say('200 OK', [session, `Transport: RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}`])
    }
    const port = Number(/client_port=(\d+)/.exec(transport)?.[1])
    this.#udp = dgram.createSocket('udp4')
    this.#udp.bind(0, '127.0.0.1', () => {
      const own = this.#udp!.address().port
      const ports = this.options.serverPorts ?? `${own}-${own + 1}`
      this.#udp!.connect(port, '127.0.0.1', () =>
        say('200 OK', [session, `Transport: RTP/AVP;unicast;client_port=${port}-${port + 1};server_port=${ports}`]),
      )
    })
  }

  #sdp(): string {
    const { nals, codec } = this.options.pictures[0]!
    const set = (type: number) => nals.find((nal) => typeOf(nal, codec) === type)?.toString('base64') ?? ''
    const sets = {
      H264: () => `;sprop-parameter-sets=${set(7)},${set(8)}`,
      H265: () => `;sprop-vps=${set(32)};sprop-sps=${set(33)};sprop-pps=${set(34)}`,
    }
    const sprop = this.options.sprop === false ? '' : sets[codec]()
    const pt = this.options.payloadType ?? 96
    return [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=test',
      't=0 0',
      'a=control:*',
      `m=video 0 RTP/AVP ${pt}`,
      `a=rtpmap:${pt} ${this.options.codec ?? codec}/90000`,
      `a=fmtp:${pt} packetization-mode=1${sprop}`,
      `a=control:${this.options.control ?? 'trackID=0'}`,
      ...(this.options.sound ? [...this.options.sound.lines, 'a=control:sound'] : []),
      '',
    ].join('\r\n')
  }

  #play(socket: Socket): void {
    const { options } = this
    const step = options.stepTicks ?? 3600
    let sequence = 65_500
    let ticks = options.firstTicks ?? 1_000
    let sent = 0
    const send = () => {
      if (socket.destroyed || (options.sendsOnly !== undefined && sent >= options.sendsOnly)) return
      const other = options.thenPictures
      const list = other && sent >= other.after ? other.pictures : options.pictures
      const index = other && sent >= other.after ? sent - other.after : sent
      if (options.ticksOf) ticks = options.ticksOf(sent)
      const whole = packetise(list[index % list.length]!, ticks, sequence, options)
      sequence = (sequence + whole.length) & 0xffff
      const packets = options.damage?.(whole, sent) ?? whole
      for (const packet of packets) {
        if (this.#udp) this.#udp.send(packet)
        else {
          const number = packet.length < 4 ? 1 : packet.readUInt16BE(2)
          const isGarbage = options.garbageEvery !== undefined && number % options.garbageEvery === 0
          if (isGarbage) socket.write(randomBytes(1 + (number % 300)))
          socket.write(interleaved(options.channels?.[0] ?? 0, packet))
        }
      }
      if (options.rtcp && sent % options.rtcp.every === 0) {
        socket.write(interleaved((options.channels?.[0] ?? 0) + 1, options.rtcp.bytes(sent, ticks)))
      }
      ticks += step
      sent++
    }
    // By the clock, not by counting ticks: a busy machine's timer runs late, and a camera whose time lags starves its viewers.
    const frameMs = 1000 / (options.fps ?? 25)
    const beganMs = systemClock.monotonicMs()
    const timer = setInterval(() => {
      while (sent * frameMs <= systemClock.monotonicMs() - beganMs && !socket.destroyed) {
        const before = sent
        send()
        if (sent === before) return
      }
    }, frameMs / 2)
    this.#timers.add(timer)
    send()
    if (options.sound) this.#playSound(socket, options.sound)
  }

  #playSound(socket: Socket, sound: NonNullable<TestCameraOptions['sound']>): void {
    const { payloads, payloadType, stepTicks, payloadMs } = sound
    const beganMs = systemClock.monotonicMs()
    let sent = 0
    const timer = setInterval(() => {
      const mostSent = this.options.soundSendsOnly ?? Infinity
      for (; sent < mostSent && sent * payloadMs <= systemClock.monotonicMs() - beganMs && !socket.destroyed; sent++) {
        const fields = { payloadType, rtpTicks: 9_000 + sent * stepTicks, sequence: sent, isMarked: true }
        socket.write(interleaved(2, rtpPacket(payloads[sent % payloads.length]!, fields)))
      }
    }, payloadMs / 2)
    this.#timers.add(timer)
  }

  #challenge(method: string, authorization: string): string[] | null {
    const { login } = this.options
    if (!login) return null
    const realm = login.realm ?? 'camera'
    const quotedRealm = realm.replace(/["\\]/g, (c) => `\\${c}`)
    const algorithm = login.algorithm ?? 'MD5'
    if (algorithm === 'Basic') {
      const right = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
      return authorization === right ? null : [`WWW-Authenticate: Basic realm="${quotedRealm}"`]
    }
    const field = (name: string) =>
      new RegExp(`(?:^|[ ,])${name}="?((?:[^",\\\\]|\\\\.)*)`).exec(authorization)?.[1] ?? ''
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text, 'latin1')
        .digest('hex')
    const bytes = (text: string) => Buffer.from(text).toString('latin1')
    const secret = hash(`${bytes(login.username)}:${realm}:${bytes(login.password)}`)
    const deed = hash(`${method}:${field('uri')}`)
    const middle = login.qop ? `${field('nonce')}:${field('nc')}:${field('cnonce')}:auth` : field('nonce')
    const mayNot = login.refusesAt !== undefined && field('uri').includes(login.refusesAt)
    const isRight =
      authorization !== '' &&
      !mayNot &&
      authorization.includes(`realm="${quotedRealm}"`) &&
      field('response') === hash(`${secret}:${middle}:${deed}`)
    const isStale =
      isRight &&
      login.staleAfter !== undefined &&
      this.requests.filter((r) => r.headers['authorization']).length === login.staleAfter
    if (isRight && field('nonce') === this.#nonce && !isStale) return null
    if (isStale) this.#nonce = randomBytes(8).toString('hex')
    const qop = login.qop ? ', qop="auth"' : ''
    return [
      `WWW-Authenticate: Digest realm="${quotedRealm}", nonce="${this.#nonce}", algorithm=${algorithm}${qop}${isStale ? ', stale=TRUE' : ''}`,
    ]
  }
}
