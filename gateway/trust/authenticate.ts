import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../domain/fault.ts'
import type { Subject } from './policy.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Tickets } from './tickets.ts'

export const SESSION_COOKIE = 'vigil_session'
const ANONYMOUS: Subject = { type: 'anonymous' }

/** How a request has said who it is; writes by cookie must come from our own pages. */
export type SignedBy = 'nothing' | 'cookie' | 'bearer' | 'ticket'

export interface Auth {
  /**
   * Who asks: a bearer token (of a session, or the internal one of a program), else a media ticket, else the cookie.
   * @throws Fault `not-signed-in` for a bearer token or a ticket that is not valid (never falls back to the cookie); `database-away`
   */
  authenticate(req: IncomingMessage): Promise<{ subject: Subject; signedBy: SignedBy }>
  /** Whether an open socket's session still stands. @returns null when it does not */
  recheck(sessionId: string): Promise<Subject | null>
}

export function createAuth(deps: { sessions: Sessions; tickets: Tickets; internalToken: string }): Auth {
  const { sessions, tickets } = deps
  const internalDigest = sha256(deps.internalToken)

  async function byBearer(token: string): Promise<Subject> {
    if (deps.internalToken !== '' && timingSafeEqual(sha256(token), internalDigest)) {
      return { type: 'program', name: 'centre' }
    }
    const session = await sessions.find(token)
    if (!session) throw new Fault('not-signed-in', 'This token is not valid, or no longer.')
    return subjectOf(session)
  }

  return {
    authenticate: async (req) => {
      const { authorization } = req.headers
      if (authorization !== undefined) {
        const [, token] = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(authorization) ?? []
        if (token === undefined)
          throw new Fault('not-signed-in', 'The Authorization header must be "Bearer" and a token.')
        return { subject: await byBearer(token), signedBy: 'bearer' }
      }
      const media = ticketOf(req.url ?? '')
      if (media) {
        const sessionId = tickets.check(media.ticket, media.cameraId)
        const session = sessionId === null ? null : await sessions.findById(sessionId)
        if (!session) throw new Fault('not-signed-in', 'This ticket is not valid, or no longer.')
        return { subject: subjectOf(session), signedBy: 'ticket' }
      }
      const token = cookieOf(req.headers.cookie, SESSION_COOKIE)
      const session = token === null ? null : await sessions.find(token)
      return session ? { subject: subjectOf(session), signedBy: 'cookie' } : { subject: ANONYMOUS, signedBy: 'nothing' }
    },
    recheck: async (sessionId) => {
      const session = await sessions.findById(sessionId)
      return session ? subjectOf(session) : null
    },
  }
}

function subjectOf(session: Session): Subject {
  return { type: 'officer', me: session.me, sessionId: session.id }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Tickets open media and nothing else: `/live/{cameraId}/…?ticket=`, `/live/{cameraId}/main/…?ticket=`, `/recordings/{incidentId}/{cameraId}/…?ticket=`. */
function ticketOf(url: string): { ticket: string; cameraId: string } | null {
  const [, cameraId, query] =
    /^\/(?:live|recordings\/[A-Za-z0-9_-]{1,40})\/([A-Za-z0-9_-]{1,40})\/(?:main\/)?[^/?]+\?(.*)$/.exec(url) ?? []
  if (cameraId === undefined || query === undefined) return null
  const ticket = new URLSearchParams(query).get('ticket')
  return ticket === null ? null : { ticket, cameraId }
}

export function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}
