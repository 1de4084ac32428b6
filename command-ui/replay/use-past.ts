import { useEffect, useState } from 'react'
import type { Trail } from '../../domain/fix.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import { toIso } from '../../domain/clock.ts'
import { api } from '../data/api.ts'
import { clock, timeMs } from '../data/clock.ts'
import { countOddity } from '../data/centre.ts'

export interface PastTrail {
  /** Of a patrol, or of the vehicle that called. */
  id: string
  isCaller: boolean
  /** null: it could not be read. */
  trail: Trail | null
}

/** What is known of an incident that is looked at again. */
export interface Past {
  detail: IncidentDetail
  fromMs: number
  toMs: number
  /** The vehicle that called first, when it was one. */
  trails: readonly PastTrail[]
}

/** A little of what was before the press, and of what came after the end. */
const MARGIN_MS = 30_000
/** A trail may be seven days long; an incident that is open longer is shown to there. */
const SPAN_MAX_MS = 6 * 86_400_000

/** Loads the incident and the trails of the vehicle that called and of everybody who was sent. */
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
  const { vehicleId } = detail.incident
  const ids = new Set([...(vehicleId === null ? [] : [vehicleId]), ...detail.assignments.map((one) => one.patrolId)])
  const trails = await Promise.all(
    [...ids].map(async (id): Promise<PastTrail> => {
      const isCaller = id === vehicleId
      try {
        return { id, isCaller, trail: await api.trail(id, toIso(fromMs), toIso(toMs)) }
      } catch (error) {
        countOddity('trail-not-loaded', error)
        return { id, isCaller, trail: null }
      }
    }),
  )
  return { detail, fromMs, toMs, trails }
}
