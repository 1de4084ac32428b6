import { createHash } from 'node:crypto'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A small RTSP viewer of its own, so that the simulated cameras are tested against something that shares no code with them. */

export interface RtspAnswer {
  status: number
  headers: Map<string, string>
  body: string
}

export interface RtpPacket {
  sequence: number
  timestamp: number
  ssrc: number
  marker: boolean
  payload: Buffer
}

export class PlainRtspClient {
  readonly packets: RtpPacket[] = []
  readonly reports: Buffer[] = []
  /** Bytes between frames that are neither a frame nor an answer. */
  strayBytes = 0
  isClosed = false
  #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #waiting: ((answer: RtspAnswer) => void)[] = []
  #cseq = 0
  #challenge: { realm: string; nonce: string; algorithm: string } | null = null
  #session = ''
  #udp: UdpSocket[] = []
  readonly #url: string
  readonly #login: { username: string; password: string }

  private constructor(socket: Socket, url: string, login: { username: string; password: string }) {
    this.#socket = socket
    this.#url = url
    this.#login = login
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => (this.isClosed = true))
  }

  static async open(port: number, path: string, password: string, username = 'vigil'): Promise<PlainRtspClient> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new PlainRtspClient(socket, `rtsp://127.0.0.1:${port}${path}`, { username, password })
  }

  /** Sends a request; after a 401 once more with a login. */
  async ask(method: string, headers: Record<string, string> = {}, suffix = ''): Promise<RtspAnswer> {
    const first = await this.send(method, headers, suffix)
    const offer = first.headers.get('www-authenticate')
    if (first.status !== 401 || !offer || this.#challenge) return first
    const field = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(offer)?.[1] ?? ''
    this.#challenge = { realm: field('realm'), nonce: field('nonce'), algorithm: field('algorithm') }
    return this.send(method, headers, suffix)
  }

  send(method: string, headers: Record<string, string>, suffix: string): Promise<RtspAnswer> {
    const url = this.#url + suffix
    const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#cseq}`]
    if (this.#session) lines.push(`Session: ${this.#session}`)
    if (this.#challenge) lines.push(`Authorization: ${this.#authorization(method, url)}`)
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** DESCRIBE, SETUP, PLAY. */
  async play(transport: 'tcp' | 'udp'): Promise<RtspAnswer[]> {
    const described = await this.ask('DESCRIBE', { Accept: 'application/sdp' })
    let offer = 'RTP/AVP/TCP;unicast;interleaved=0-1'
    if (transport === 'udp') {
      const [rtp, rtcp] = await this.#bindUdp()
      offer = `RTP/AVP;unicast;client_port=${rtp}-${rtcp}`
    }
    const setUp = await this.ask('SETUP', { Transport: offer }, '/track1')
    this.#session = (setUp.headers.get('session') ?? '').split(';')[0]!
    const playing = await this.ask('PLAY', { Range: 'npt=now-' })
    return [described, setUp, playing]
  }

  close(): void {
    this.#socket.destroy()
    for (const socket of this.#udp) socket.close()
    this.#udp = []
  }

  async #bindUdp(): Promise<[number, number]> {
    const ports: number[] = []
    for (const onMessage of [
      (m: Buffer) => this.#takePacket(m),
      (m: Buffer) => void this.reports.push(Buffer.from(m)),
    ]) {
      const socket = createSocket('udp4')
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      socket.on('message', onMessage)
      this.#udp.push(socket)
      ports.push(socket.address().port)
    }
    return [ports[0]!, ports[1]!]
  }

  #authorization(method: string, uri: string): string {
    const { realm, nonce, algorithm } = this.#challenge!
    const { username, password } = this.#login
    const hash = (text: string) =>
      createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
        .update(text)
        .digest('hex')
    const response = hash(`${hash(`${username}:${realm}:${password}`)}:${nonce}:${hash(`${method}:${uri}`)}`)
    const parts = [`username="${username}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`]
    return `Digest ${parts.join(', ')}, response="${response}", algorithm=${algorithm}`
  }

  #read(chunk: Buffer): void {
    let rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      if (rest.length < 8) break
      if (rest[0] === 0x24 && rest[1]! <= 1) {
        const end = 4 + rest.readUInt16BE(2)
        if (rest.length < end) break
        const frame = Buffer.from(rest.subarray(4, end))
        if (rest[1] === 0) this.#takePacket(frame)
        else this.reports.push(frame)
        rest = rest.subarray(end)
      } else if (rest.toString('latin1', 0, 8) === 'RTSP/1.0') {
        const headEnd = rest.indexOf('\r\n\r\n')
        if (headEnd < 0) break
        const [status = '', ...lines] = rest.toString('utf8', 0, headEnd).split('\r\n')
        const headers = new Map(
          lines.map((line): [string, string] => {
            const colon = line.indexOf(':')
            return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
          }),
        )
        const end = headEnd + 4 + Number(headers.get('content-length') ?? 0)
        if (rest.length < end) break
        const body = rest.toString('utf8', headEnd + 4, end)
        rest = rest.subarray(end)
        this.#waiting.shift()?.({ status: Number(status.split(' ')[1]), headers, body })
      } else {
        this.strayBytes++
        rest = rest.subarray(1)
      }
    }
    this.#rest = rest
  }

  #takePacket(bytes: Buffer): void {
    this.packets.push({
      sequence: bytes.readUInt16BE(2),
      timestamp: bytes.readUInt32BE(4),
      ssrc: bytes.readUInt32BE(8),
      marker: (bytes[1]! & 0x80) !== 0,
      payload: Buffer.from(bytes.subarray(12)),
    })
  }
}

/** The pictures that packets carry (RFC 6184: single units, STAP-A, FU-A), each a list of NAL units. */
export function picturesOf(packets: readonly RtpPacket[]): Buffer[][] {
  const pictures: Buffer[][] = []
  let units: Buffer[] = []
  let pieces: Buffer[] = []
  for (const { payload, marker } of packets) {
    const type = payload[0]! & 31
    if (type === 24) {
      for (let at = 1; at < payload.length;) {
        const size = payload.readUInt16BE(at)
        units.push(payload.subarray(at + 2, at + 2 + size))
        at += 2 + size
      }
    } else if (type === 28) {
      if (payload[1]! & 0x80) pieces = [Buffer.of((payload[0]! & 0xe0) | (payload[1]! & 31))]
      pieces.push(payload.subarray(2))
      if (payload[1]! & 0x40) units.push(Buffer.concat(pieces))
    } else units.push(payload)
    if (!marker) continue
    pictures.push(units)
    units = []
  }
  return pictures
}

export function annexB(pictures: readonly Buffer[][]): Buffer {
  return Buffer.concat(pictures.flat().flatMap((unit) => [Buffer.of(0, 0, 0, 1), unit]))
}
