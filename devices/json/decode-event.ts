import { SIGNAL_TYPES } from '../../domain/alarm.ts'
import { latSchema, lngSchema, timeSchema } from '../../domain/scalars.ts'
import { z } from '../../domain/z.ts'
import type { Decoded } from '../driver.ts'

/** `fatal`: bytes that are not UTF-8 are unreadable, never silently replaced. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Printable, no blanks: it becomes a key in the database and part of receipts. */
const EVENT_ID = /^[\x21-\x7e]{1,64}$/

/**
 * Only `id` and `type` decide whether a call for help can be read. A wrong clock or an impossible place is dropped, never a reason
 * to turn a panic away.
 */
const leniently = z.looseObject({
  type: z.enum(SIGNAL_TYPES),
  at: timeSchema.optional().catch(undefined),
  lng: lngSchema.optional().catch(undefined),
  lat: latSchema.optional().catch(undefined),
  batteryPct: z.number().min(0).max(100).optional().catch(undefined),
})

/** Reads the JSON of the public contract (`docs`: MQTT, channel `event`). */
export function decodeJsonEvent(raw: Uint8Array): Decoded {
  let message: unknown
  try {
    message = JSON.parse(UTF8.decode(raw))
  } catch (error) {
    return { readable: false, eventId: null, reason: error instanceof SyntaxError ? 'not JSON' : 'not UTF-8' }
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    return { readable: false, eventId: null, reason: 'not a JSON object' }
  }
  const id = 'id' in message ? message.id : undefined
  const eventId = typeof id === 'string' && EVENT_ID.test(id) ? id : null
  if (eventId === null) return { readable: false, eventId, reason: 'no usable id' }
  const result = leniently.safeParse(message)
  if (!result.success) return { readable: false, eventId, reason: 'unknown type' }
  const { type, at, lng, lat, batteryPct } = result.data
  const placed = lng !== undefined && lat !== undefined
  return {
    readable: true,
    eventId,
    reading: {
      type,
      takenAtMs: at === undefined ? null : Date.parse(at),
      lng: placed ? lng : null,
      lat: placed ? lat : null,
      batteryPct: batteryPct ?? null,
    },
  }
}
