import { isIP } from 'node:net'
import { Fault } from '../../domain/fault.ts'
import type { CameraCredential } from './camera-row.ts'

/** What an RTSP address says, with its credential taken out. */
export interface RtspSource {
  protocol: 'rtsp:' | 'rtsps:'
  host: string
  port: number
  /** Path and query as typed: cameras compare them byte by byte. */
  rest: string
  /** Without any credential: what is stored, shown and logged. */
  address: string
  credential: CameraCredential | null
}

const DEFAULT_PORT = { 'rtsp:': 554, 'rtsps:': 322 } as const

/**
 * Reads `rtsp://[user:password@]host[:port]/path?query`. A password may hold `@` or `:`; the last `@` before the path ends it.
 * @throws Fault `bad-request` in words for an installer
 */
export function readRtspSource(url: string): RtspSource {
  const match = /^(rtsps?):\/\/([^/?#]+)(.*)$/i.exec(url)
  // eslint-disable-next-line no-control-regex
  if (!match || /[\u0000-\u0020\u007f]/.test(url)) {
    throw new Fault('bad-request', 'A camera address begins with rtsp:// or rtsps:// and has no spaces.')
  }
  const protocol = `${match[1]!.toLowerCase()}:` as keyof typeof DEFAULT_PORT
  const authority = match[2]!
  const rest = match[3]!.replace(/#.*$/, '') || '/'
  const at = authority.lastIndexOf('@')
  const place = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(authority.slice(at + 1))
  const port = place?.[2] === undefined ? DEFAULT_PORT[protocol] : Number(place[2])
  if (!place || port < 1 || port > 65535) {
    throw new Fault('bad-request', `"${authority.slice(at + 1)}" is not a host and a port.`)
  }
  return {
    protocol,
    host: place[1]!.replace(/^\[|\]$/g, ''),
    port,
    rest,
    address: `${protocol}//${authority.slice(at + 1)}${rest}`,
    credential: at < 0 ? null : readCredential(authority.slice(0, at)),
  }
}

/** The same stream at an address that has been resolved and checked. */
export function addressAt(source: RtspSource, ip: string): string {
  const host = isIP(ip) === 6 ? `[${ip}]` : ip
  return `${source.protocol}//${host}:${source.port}${source.rest}`
}

function readCredential(text: string): CameraCredential {
  const colon = text.indexOf(':')
  if (colon < 0) return { username: decoded(text), password: '' }
  return { username: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A bare per cent sign in a password: then it is meant as typed.
    return text
  }
}
