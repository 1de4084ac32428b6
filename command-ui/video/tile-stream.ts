import { useEffect, useState, type RefObject } from 'react'
import type { Camera } from '../../domain/camera.ts'

export type TileStream = 'sub' | 'main'

/** Enlarged by more than this the smaller stream is visibly coarse; the larger costs another session of the camera and more bytes. */
const ENLARGED_MAX = 1.5
/** Of a camera that has not told yet: what nearly all sub-streams have. */
const SUB_HEIGHT_PX = 360
/** A window that is dragged must not change streams twice a second. */
const RESIZED_MIN = 0.15

/**
 * Which stream a tile takes.
 * @param tileHeightPx of the screen, not of the page
 */
export function streamFor(camera: Pick<Camera, 'mainStream' | 'heightPx'>, tileHeightPx: number): TileStream {
  if (camera.mainStream !== true) return 'sub'
  return tileHeightPx > (camera.heightPx ?? SUB_HEIGHT_PX) * ENLARGED_MAX ? 'main' : 'sub'
}

/** By the size of the element, as it changes by more than a little. */
export function useTileStream(element: RefObject<Element | null>, camera: Camera | null | undefined): TileStream {
  const [heightPx, setHeight] = useState(0)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver((entries) => {
      const seenPx = entries.at(-1)!.contentRect.height * devicePixelRatio
      setHeight((before) => (Math.abs(seenPx - before) > before * RESIZED_MIN ? seenPx : before))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return camera ? streamFor(camera, heightPx) : 'sub'
}
