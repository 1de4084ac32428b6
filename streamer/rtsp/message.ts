import { printable } from '../../domain/printable.ts'

/** Header lines of one RTSP message; more is an attack or garbage. */
const HEADERS_MAX = 64

export interface RtspAnswer {
  status: number
  /** As it goes into a sentence. */
  phrase: string
  /** Lower-case names; a header that came several times keeps all its values. */
  headers: Map<string, string[]>
  body: string
}

/**
 * Text in UTF-8, one character for each byte. All that is heard and said is text of this kind (latin1): what a camera sends, in whatever
 * encoding (a realm in GBK), goes into the digest and back to it byte by byte.
 */
export function byteText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/**
 * @param head from `RTSP/1.x` to the empty line
 * @returns null when this is no RTSP answer (a request of the camera, an HTTP answer)
 */
export function parseAnswer(head: string, body: string): RtspAnswer | null {
  const lines = head.split(/\r?\n/)
  const first = /^RTSP\/\d\.\d (\d{3})(?: (.*))?$/.exec(lines[0] ?? '')
  if (!first) return null
  return {
    status: Number(first[1]),
    phrase: printable((first[2] ?? '').trim()),
    headers: parseHeaders(lines.slice(1)),
    body,
  }
}

/**
 * @param head from the method to the empty line
 * @returns null when this is no request; `sequence` is null when it is no number
 */
export function parseRequest(head: string): { method: string; sequence: number | null } | null {
  const lines = head.split(/\r?\n/)
  // A camera writes `OPTIONS*RTSP/1.0`.
  const method = /^([A-Z_]+)\b.*RTSP\/\d\.\d\s*$/.exec(lines[0] ?? '')?.[1]
  if (method === undefined) return null
  const sequence = /^\d{1,9}$/.exec(parseHeaders(lines.slice(1)).get('cseq')?.[0] ?? '')?.[0]
  return { method, sequence: sequence === undefined ? null : Number(sequence) }
}

function parseHeaders(lines: string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (const line of lines.slice(0, HEADERS_MAX)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const known = headers.get(name)
    if (known) known.push(value)
    else headers.set(name, [value])
  }
  return headers
}

export function headerOf(answer: RtspAnswer, name: string): string | null {
  return answer.headers.get(name)?.[0] ?? null
}

/** Status and phrase, for a reason. */
export function saidBy(answer: RtspAnswer): string {
  return `${answer.status} ${answer.phrase}`.trim()
}

export function requestText(method: string, target: string, headers: [name: string, value: string][]): string {
  return `${method} ${target} RTSP/1.0\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** `Session: 12345678;timeout=60` (RFC 2326 §12.37; 60 s when it does not say). */
export function parseSession(value: string): { id: string; timeoutS: number } {
  const [id = '', ...parameters] = value.split(';')
  const timeout = parameters.map((p) => /^\s*timeout\s*=\s*(\d+)/i.exec(p)?.[1]).find((s) => s !== undefined)
  const timeoutS = Number(timeout ?? 60)
  return { id: id.trim(), timeoutS: timeoutS >= 5 && timeoutS <= 3600 ? timeoutS : 60 }
}

/** What the camera made of our `Transport` header. Channels may come back reassigned. */
export interface TransportAnswer {
  interleaved: [number, number] | null
  serverPorts: [number, number] | null
}

export function parseTransport(value: string): TransportAnswer {
  const pair = (name: string, max: number): [number, number] | null => {
    const match = new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*(\\d+)(?:-(\\d+))?`, 'i').exec(value)
    if (!match) return null
    const first = Number(match[1])
    const second = match[2] === undefined ? first + 1 : Number(match[2])
    return first <= max && second <= max ? [first, second] : null
  }
  return { interleaved: pair('interleaved', 255), serverPorts: pair('server_port', 65535) }
}
