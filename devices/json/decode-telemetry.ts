import { beatPayloadSchema, fixPayloadSchema, type BeatPayload, type FixPayload } from '../../domain/wire/mqtt.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** One fix object or an array of them, oldest first; the unreadable ones of an array are left out. Null: none could be read. */
export function decodeJsonFixes(raw: Uint8Array): FixPayload[] | null {
  const message = parseJson(raw)
  if (message === undefined) return null
  const list: unknown[] = Array.isArray(message) ? message : [message]
  const fixes: FixPayload[] = []
  for (const item of list) {
    const result = fixPayloadSchema.safeParse(item)
    if (result.success) fixes.push(result.data)
  }
  return fixes.length > 0 ? fixes : null
}

export function decodeJsonBeat(raw: Uint8Array): BeatPayload | null {
  const result = beatPayloadSchema.safeParse(parseJson(raw))
  return result.success ? result.data : null
}

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(raw))
  } catch {
    // Null is the answer: the caller counts it.
    return undefined
  }
}
