import { useEffect, useState } from 'react'
import type { Trail } from '../../domain/fix.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import { toIso } from '../../domain/clock.ts'
import { api } from '../data/api.ts'
import { clock, timeMs } from '../data/clock.ts'
import { countOddity } from '../data/centre.ts'

export interface PatrolTrail {
  patrolId: string
  /** null: it could not be read. */
  trail: Trail | null
}

/** What is known of an incident that is looked at again. */
export interface Past {
  detail: IncidentDetail
  fromMs: number
  toMs: number
  trails: readonly PatrolTrail[]
}

/** A little of what was before the press, and of what came after the end. */
const MARGIN_MS = 30_000
/** A trail may be seven days long; an incident that is open longer is shown to there. */
const SPAN_MAX_MS = 6 * 86_400_000

/** Loads the incident and the trails of everybody who was sent. */
export function usePast(incidentId: string): Past | 'failed' | null {
  const [past, setPast] = useState<Past | 'failed' | null>(null)
  useEffect(() => {
    let isGone = false
    load(incidentId).then(
      (loaded) => {
        if (!isGone) setPast(loaded)
      },
      (error: unknown) => {
        countOddity('past-not-loaded', error)
        if (!isGone) setPast('failed')
      },
    )
    return () => {
      isGone = true
    }
  }, [incidentId])
  return past
}

async function load(incidentId: string): Promise<Past> {
  const detail = await api.incident(incidentId)
  const fromMs = timeMs(detail.incident.openedAt) - MARGIN_MS
  const endMs = detail.incident.closedAt ? timeMs(detail.incident.closedAt) + MARGIN_MS : clock.nowMs()
  const toMs = Math.min(endMs, fromMs + SPAN_MAX_MS, clock.nowMs())
  const patrolIds = [...new Set(detail.assignments.map(({ patrolId }) => patrolId))]
  const trails = await Promise.all(
    patrolIds.map(async (patrolId): Promise<PatrolTrail> => {
      try {
        return { patrolId, trail: await api.trail(patrolId, toIso(fromMs), toIso(toMs)) }
      } catch (error) {
        countOddity('trail-not-loaded', error)
        return { patrolId, trail: null }
      }
    }),
  )
  return { detail, fromMs, toMs, trails }
}
