import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import type { CrewFixesAnswer, CrewWay } from '../../domain/wire/crew.ts'
import type { FixPayload } from '../../domain/wire/mqtt.ts'
import { ApiFault, faultOfAnswer } from '../data/api-fault.ts'
import type { Entry } from './entries.ts'

const ANSWER_MS = 10_000
/** 0.4 MB at 64 kbit/s take 50 s. */
const PHOTO_MS = 90_000

const at = encodeURIComponent

/** Sends one entry; the same one may be sent any number of times. @throws ApiFault */
export async function sendEntry(entry: Entry, photo: ArrayBuffer | undefined): Promise<Assignment | undefined> {
  const path = `assignments/${at(entry.assignmentId)}`
  const tappedAt = toIso(entry.tappedAtMs)
  switch (entry.kind) {
    case 'step': {
      const { step, id, reason, note } = entry
      return await call<Assignment>(`${path}/${step}`, { json: { id, tappedAt, reason, note } })
    }
    case 'photo': {
      if (!photo) throw new ApiFault('gone', 410, 'the bytes of this photo are not on this phone any more')
      const query = `id=${at(entry.id)}&tappedAt=${at(tappedAt)}`
      await call(`${path}/photos?${query}`, { jpeg: photo }, PHOTO_MS)
      return undefined
    }
    case 'confirm':
      await call(`${path}/messages/${at(entry.messageId)}/confirm`, { json: {} })
      return undefined
    case 'posting': {
      const { patrolId, step, assignmentId: postingId, reason } = entry
      await call(`patrols/${at(patrolId)}/posting/${step}`, { json: { postingId, reason } })
      return undefined
    }
    default: {
      const never: never = entry
      throw new Error(`unknown entry ${JSON.stringify(never)}`)
    }
  }
}

export function sendFixes(patrolId: string, fixes: readonly FixPayload[]): Promise<CrewFixesAnswer> {
  return call<CrewFixesAnswer>(`patrols/${at(patrolId)}/fixes`, { json: fixes })
}

export function readWay(patrolId: string, hasRoads: boolean): Promise<CrewWay> {
  return call<CrewWay>(`patrols/${at(patrolId)}/way?roads=${hasRoads}`, null)
}

/** @param body null: GET */
async function call<T>(
  path: string,
  body: { json: unknown } | { jpeg: ArrayBuffer } | null,
  withinMs = ANSWER_MS,
): Promise<T> {
  let answer: Response
  let text: string
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: !body ? {} : { 'content-type': 'jpeg' in body ? 'image/jpeg' : 'application/json' },
      body: !body ? null : 'jpeg' in body ? body.jpeg : JSON.stringify(body.json),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(withinMs),
    })
    text = await answer.text()
  } catch (error) {
    throw new ApiFault('unreachable', 0, 'the centre does not answer', {}, error)
  }
  const parsed = parsedJson(text)
  if (!answer.ok) throw faultOfAnswer(answer.status, parsed)
  return parsed as T
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a proxy's page; the status decides
  }
}
