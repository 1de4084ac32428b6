import { useEffect, useState } from 'react'
import { camerasAhead } from '../../domain/cameras-ahead.ts'
import { clock } from '../data/clock.ts'
import { store } from '../data/centre.ts'

/** So often the pictures may change; a tile needs a second or two to show what it was opened for. */
const LOOK_EVERY_MS = 4_000
/** An older fix says nothing about where the vehicle is going. */
const FRESH_MS = 60_000

export interface Ahead {
  /** Best first. */
  cameraIds: readonly string[]
  /** Where the vehicle was when they were chosen. */
  place: { lng: number; lat: number }
}

/** The cameras that a moving scene comes to, chosen anew every few seconds; null: it does not move, or nobody knows where. */
export function useCamerasAhead(vehicleId: string | null, count: number): Ahead | null {
  const [ahead, setAhead] = useState<(Ahead & { vehicleId: string }) | null>(null)
  useEffect(() => {
    if (vehicleId === null) return
    const look = () => {
      const key = store.vehicles.get(vehicleId)?.key
      const dot = key === undefined ? undefined : store.dots.get(key)
      if (!dot || clock.nowMs() - dot.takenAtMs > FRESH_MS) return setAhead(null)
      setAhead((before) => {
        const shown = before?.vehicleId === vehicleId ? before.cameraIds : []
        const cameraIds = camerasAhead(store.cameras.all(), dot, shown, count)
        // In a street without cameras the last ones stay.
        if (cameraIds.length === 0 || cameraIds.join() === shown.join()) return before
        return { vehicleId, cameraIds, place: { lng: dot.lng, lat: dot.lat } }
      })
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [vehicleId, count])
  return ahead?.vehicleId === vehicleId ? ahead : null
}
