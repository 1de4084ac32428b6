import type { Camera } from '../../domain/camera.ts'

/** Metres per degree of latitude; a district is small enough for a flat picture of it. */
const METRES_PER_DEGREE = 111_320

/** Distance on the flat, metres; good to a metre within a district. */
export function distanceM(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const east = (a.lng - b.lng) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180)
  return Math.hypot(east, (a.lat - b.lat) * METRES_PER_DEGREE)
}

export interface SceneCamera {
  camera: Camera
  distanceM: number
  /** True for those that the centre named as seeing the scene. */
  isScene: boolean
}

/**
 * The cameras to show for a place: first the centre's own list (it knows the views), then the nearest.
 * @param cameraIds best first, from the incident
 */
export function sceneCameras(
  cameras: readonly Camera[],
  cameraIds: readonly string[],
  place: { lng: number; lat: number },
  count: number,
): SceneCamera[] {
  const byId = new Map(cameras.map((camera) => [camera.id, camera]))
  const found: SceneCamera[] = []
  for (const id of cameraIds.slice(0, count)) {
    const camera = byId.get(id)
    if (camera) found.push({ camera, distanceM: distanceM(camera, place), isScene: true })
  }
  if (found.length >= count) return found
  const named = new Set(cameraIds)
  const near = cameras
    .filter((camera) => camera.enabled && !named.has(camera.id))
    .map((camera) => ({ camera, distanceM: distanceM(camera, place), isScene: false }))
    .sort((a, b) => a.distanceM - b.distanceM)
  return [...found, ...near.slice(0, count - found.length)]
}
