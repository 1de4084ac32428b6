import { useEffect, useMemo } from 'react'
import type { MapScene } from '../map/scene-shapes.ts'
import { store } from '../data/centre.ts'
import { openIncident } from '../data/incident-details.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { language } from '../i18n/language.ts'
import { placeName } from '../ui/names.ts'
import { chosenCandidate } from './actions.ts'
import { choice, useCurrent } from './selection.ts'
import { showTrail, trail } from './trails.ts'
import { useScene } from './use-scene.ts'

/** What the map shows of the selection; the same object until something in it has changed. */
export function useMapScene(): MapScene | null {
  const { alarm, incident, assignments, incidentId, stage } = useCurrent(true)
  const lang = useObservable(language)
  const open = useObservable(openIncident)
  const chosenId = useObservable(choice)
  const vehicleTrail = useObservable(trail)
  const scene = useScene()
  const what = incident ?? alarm
  const site = useOne(store.sites, what?.siteId ?? null)
  const vehicleId = incident?.vehicleId ?? null
  useEffect(() => {
    showTrail(vehicleId)
  }, [vehicleId])
  // What is over needs nobody: ways and circles of it would be taken for advice.
  const isOpen = open?.id === incidentId && stage !== 'closed'
  const recommendation = isOpen ? (open?.recommendation ?? null) : null
  const sentIds = assignments.filter((a) => a.endedAt === null && a.clearedAt === null).map((a) => a.patrolId)
  const chosen = sentIds[0] ?? chosenCandidate(recommendation, chosenId)?.patrolId ?? null
  const cameraIds =
    scene?.cameras
      .filter(({ isScene }) => isScene)
      .map(({ camera }) => camera.id)
      .join(' ') ?? ''
  const lng = what?.place.lng
  const lat = what?.place.lat
  const priority = what?.priority
  const label = what ? placeName(lang, what, site) : ''
  const isRaised = alarm?.state === 'raised'
  return useMemo(() => {
    if (lng === undefined || lat === undefined || priority === undefined) return null
    return {
      lngLat: [lng, lat],
      priority,
      label,
      circles: recommendation?.circles ?? [],
      candidates: recommendation?.candidates ?? [],
      chosen,
      cameraIds: cameraIds === '' ? [] : cameraIds.split(' '),
      isPulsing: isRaised,
      ...(vehicleTrail ? { trail: vehicleTrail } : {}),
    }
  }, [lng, lat, priority, label, recommendation, chosen, cameraIds, isRaised, vehicleTrail])
}
