import { Fault } from '../../domain/fault.ts'

/** Where a camera's stream is, with its credential taken out of the address. */
export interface RtspAddress {
  host: string
  port: number
  tls: boolean
  /** What stands in the request line: the URL without any user or password. */
  target: string
}

export interface Credential {
  username: string
  password: string
}

const DEFAULT_PORT = { 'rtsp:': 554, 'rtsps:': 322 } as const
/** A blank or control character would end the request line early. */
const NOT_IN_ADDRESS = /[^\u0021-\u007e\u00a1-\uffff]/

/**
 * Reads `rtsp://[user:password@]host[:port]/path?query`. WHATWG URL is only used for the authority: cameras match the rest of
 * the address byte by byte, so it is passed on as typed (`//`, `..` and odd escapes included).
 * @throws Fault `bad-request` for another scheme, a control character or no host
 */
export function parseRtspAddress(url: string): { address: RtspAddress; credential: Credential | null } {
  const match = /^(rtsps?:)\/\/([^/?#]+)(.*)$/i.exec(url)
  if (!match || NOT_IN_ADDRESS.test(url) || url.length > 500) {
    throw new Fault('bad-request', 'A camera address begins with rtsp:// or rtsps:// and has no spaces.')
  }
  const protocol = match[1]!.toLowerCase() as keyof typeof DEFAULT_PORT
  const authority = match[2]!
  const rest = match[3] === '' ? '/' : match[3]!.replace(/#.*$/, '')
  const at = authority.lastIndexOf('@')
  const where = authority.slice(at + 1)
  const place = /^(\[[0-9a-f:.]+\]|[^:[\]@]+)(?::(\d{1,5}))?$/i.exec(where)
  const port = place?.[2] === undefined ? DEFAULT_PORT[protocol] : Number(place[2])
  if (!place || port < 1 || port > 65535) throw new Fault('bad-request', `"${where}" is not a host and port.`)
  const host = place[1]!.replace(/^\[|\]$/g, '')
  return {
    address: { host, port, tls: protocol === 'rtsps:', target: `${protocol}//${where}${rest}` },
    credential: at < 0 ? null : credentialOf(authority.slice(0, at)),
  }
}

function credentialOf(text: string): Credential {
  const colon = text.indexOf(':')
  const username = colon < 0 ? text : text.slice(0, colon)
  const password = colon < 0 ? '' : text.slice(colon + 1)
  return { username: decoded(username), password: decoded(password) }
}

/** A password may hold a bare `%`; then it is meant as typed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
