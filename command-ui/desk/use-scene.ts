import { useMemo } from 'react'
import type { Place } from '../../domain/scalars.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable, useOne } from '../data/use-store.ts'
import { sceneCameras, type SceneCamera } from './scene-cameras.ts'
import { mainCameraId, useCurrent } from './selection.ts'
import { useCamerasAhead } from './use-cameras-ahead.ts'

/** Pictures beside the map and in the panel: the main one and five in the strip, of which the browser loads few at a time. */
export const SCENE_CAMERAS_MAX = 6

export interface Scene {
  place: Pick<Place, 'lng' | 'lat'>
  cameras: SceneCamera[]
  /** The one in the main picture. */
  main: SceneCamera | null
}

/** The scene of what is selected; null when nothing is. Stable while the same cameras belong to it. */
export function useScene(): Scene | null {
  const { alarm, incident } = useCurrent(true)
  const site = useOne(store.sites, (incident ?? alarm)?.siteId ?? null)
  const cameras = useAll(store.cameras)
  const mainId = useObservable(mainCameraId)
  // A scene that drives takes its pictures along.
  const ahead = useCamerasAhead(incident?.vehicleId ?? null, SCENE_CAMERAS_MAX)
  const place = ahead?.place ?? incident?.place ?? alarm?.place
  const lng = place?.lng
  const lat = place?.lat
  const wanted = ahead?.cameraIds ?? incident?.cameraIds ?? site?.cameraIds
  return useMemo(() => {
    if (lng === undefined || lat === undefined) return null
    const found = sceneCameras(cameras, wanted ?? [], { lng, lat }, SCENE_CAMERAS_MAX)
    const main = found.find(({ camera }) => camera.id === mainId) ?? found[0] ?? null
    return { place: { lng, lat }, cameras: found, main }
  }, [cameras, lng, lat, mainId, wanted])
}
