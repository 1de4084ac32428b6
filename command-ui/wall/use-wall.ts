import { useCallback, useEffect, useReducer, useRef } from 'react'
import type { Camera } from '../../domain/camera.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { EMPTY_WALL, stepWall, type Wall, type WallStep } from './wall-cells.ts'
import { changeLayouts, layouts, loadLayouts } from './wall-layouts.ts'

/** Ten drops in a row are stored once. */
const STORE_AFTER_MS = 1500

/**
 * A wall nobody has arranged yet shows one alarm camera of each site: they are connected, so the pictures are there at once.
 */
function firstCameras(cameras: readonly Camera[]): string[] {
  const seen = new Set<string>()
  const rank = (camera: Camera) => {
    const isSecond = camera.siteId !== null && seen.has(camera.siteId)
    if (camera.siteId !== null) seen.add(camera.siteId)
    return (isSecond ? 2 : 0) + (camera.warm ? 0 : 1)
  }
  return cameras
    .filter((camera) => camera.enabled)
    .map((camera) => ({ camera, rank: rank(camera) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, EMPTY_WALL.tiles)
    .map(({ camera }) => camera.id)
}

/** One monitor's wall, as it was left; every change of cameras or layout is kept for this officer. */
export function useWall(screen: number): { wall: Wall; step: (step: WallStep) => void } {
  const [wall, dispatch] = useReducer(stepWall, EMPTY_WALL)
  const known = useObservable(layouts)
  const hasCity = useObservable(store.city) !== null
  const isRestored = useRef(false)
  const isTouched = useRef(false)
  useEffect(() => void loadLayouts(), [])
  useEffect(() => {
    if (isRestored.current || !known || !hasCity) return
    isRestored.current = true
    const kept = known.screens[String(screen)]
    if (kept) dispatch({ do: 'restore', ...kept })
    else dispatch({ do: 'restore', tiles: EMPTY_WALL.tiles, cameraIds: firstCameras(store.cameras.all()) })
  }, [known, hasCity, screen])
  const step = useCallback((next: WallStep) => {
    if (next.do !== 'focus' && next.do !== 'walk' && next.do !== 'full') isTouched.current = true
    dispatch(next)
  }, [])
  const { tiles, cameraIds } = wall
  useEffect(() => {
    if (!isTouched.current) return
    const timer = setTimeout(() => {
      const placing = { tiles, cameraIds: [...cameraIds] }
      changeLayouts((now) => ({ ...now, screens: { ...now.screens, [String(screen)]: placing } }))
    }, STORE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [tiles, cameraIds, screen])
  return { wall, step }
}
