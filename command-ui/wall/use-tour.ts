import { useCallback, useEffect, useMemo, useState } from 'react'
import type { TileCount, WallTour } from '../../domain/wall.ts'
import { tourPage, tourPages } from './tour-pages.ts'

export interface RunningTour {
  tour: WallTour | null
  /** From 1, for people. */
  page: number
  pages: number
  /** Stopped by hand, or because somebody is looking closer. */
  isPaused: boolean
  /** Cells of this page; null without a tour. */
  cells: (string | null)[] | null
  start(tour: WallTour | null): void
  turn(by: 1 | -1): void
  togglePause(): void
}

/** @param isHeld the mouse or the keys are on a picture: it must not slip away from under the eyes */
export function useTour(tiles: TileCount, isHeld: boolean): RunningTour {
  const [tour, setTour] = useState<WallTour | null>(null)
  const [page, setPage] = useState(0)
  const [isStopped, setStopped] = useState(false)
  const isPaused = isStopped || isHeld
  const pages = tour ? tourPages(tour.cameraIds.length, tiles) : 0
  const turn = useCallback((by: 1 | -1) => setPage((now) => now + by), [])
  useEffect(() => {
    if (!tour || isPaused || pages < 2) return
    const timer = setTimeout(() => setPage(page + 1), tour.dwellS * 1000)
    return () => clearTimeout(timer)
  }, [tour, isPaused, pages, page])
  const cells = useMemo(() => (tour ? tourPage(tour.cameraIds, tiles, page) : null), [tour, tiles, page])
  return {
    tour,
    page: pages === 0 ? 0 : (((page % pages) + pages) % pages) + 1,
    pages,
    isPaused,
    cells,
    start: useCallback((next) => {
      setTour(next)
      setPage(0)
      setStopped(false)
    }, []),
    turn,
    togglePause: useCallback(() => setStopped((now) => !now), []),
  }
}
