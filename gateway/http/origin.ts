import type { IncomingMessage } from 'node:http'
import { Fault } from '../../domain/fault.ts'

/** `host:port` as the client wrote it; HTTP/2 has it as a pseudo-header. */
export function hostOf(req: IncomingMessage): string {
  const authority = req.headers[':authority']
  return typeof authority === 'string' ? authority : (req.headers.host ?? '')
}

/**
 * Whether a browser sent this from a page of ours, or no browser sent it at all. Browsers name the page's origin on every write and
 * on every WebSocket; older ones at least the kind of site.
 */
export function isOwnOrigin(req: IncomingMessage): boolean {
  const { origin } = req.headers
  if (origin === undefined) {
    const site = req.headers['sec-fetch-site']
    return site === undefined || site === 'same-origin' || site === 'none'
  }
  try {
    return new URL(origin).host === hostOf(req)
  } catch {
    // `null` (a sandboxed page, a file) and anything unreadable is a stranger.
    return false
  }
}

/** @throws Fault `forbidden` for a write or a socket that a page of another origin has caused */
export function refuseForeignOrigin(req: IncomingMessage): void {
  if (isOwnOrigin(req)) return
  const detail = 'This request came from a page of another address.'
  throw new Fault('forbidden', detail, { origin: req.headers.origin ?? null })
}
