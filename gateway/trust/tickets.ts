import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import type { SecretBox } from './secret-box.ts'

/** Time to open the first playlist with it, and longest pause after that. */
export const TICKET_MS = 60_000
/** Tickets in use at once; the oldest must be fetched anew. */
const TICKETS_MAX = 5_000

/** What a player without cookies shows instead of a session: one camera, one session, sixty seconds. */
export interface Tickets {
  /** @returns `{sessionId}.{expiresAtMs}.{nonce}.{mac}` */
  issue(sessionId: string, cameraId: string): { ticket: string; expiresAtMs: number }
  /** The session it was issued for; null when it is wrong, for another camera, or unused for too long. */
  check(ticket: string, cameraId: string): string | null
}

/**
 * A ticket opens within 60 s and then lives as long as it is used without a pause of 60 s. Whether its session still stands is asked at
 * each use, so a revoked session ends its players within 5 s. Which were in use is not kept over a restart, after which players fetch new ones:
 * believing every ticket for a while then would give one that somebody has found, long expired, a new life.
 */
export function createTickets(box: SecretBox, clock: Clock): Tickets {
  const key = box.keyFor('media tickets')
  const lastUsedMs = new Map<string, number>()
  const macOf = (text: string, cameraId: string) =>
    createHmac('sha256', key).update(`${text}.${cameraId}`).digest().subarray(0, 16)

  return {
    issue: (sessionId, cameraId) => {
      const expiresAtMs = clock.nowMs() + TICKET_MS
      const text = `${sessionId}.${expiresAtMs}.${randomBytes(9).toString('base64url')}`
      return { ticket: `${text}.${macOf(text, cameraId).toString('base64url')}`, expiresAtMs }
    },
    check: (ticket, cameraId) => {
      const parts = ticket.split('.')
      if (parts.length !== 4 || ticket.length > 200) return null
      const [sessionId, expires, nonce, mac] = parts as [string, string, string, string]
      const wanted = macOf(`${sessionId}.${expires}.${nonce}`, cameraId)
      const found = Buffer.from(mac, 'base64url')
      if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return null
      const nowMs = clock.nowMs()
      const aliveUntilMs = Math.max(Number(expires), (lastUsedMs.get(nonce) ?? 0) + TICKET_MS)
      lastUsedMs.delete(nonce)
      if (nowMs > aliveUntilMs) return null
      lastUsedMs.set(nonce, nowMs)
      if (lastUsedMs.size > TICKETS_MAX) {
        const oldest = lastUsedMs.keys().next()
        if (!oldest.done) lastUsedMs.delete(oldest.value)
      }
      return sessionId
    },
  }
}
