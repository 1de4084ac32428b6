import { toIso } from '../../domain/clock.ts'
import { distanceM } from '../../domain/geo/distance.ts'
import type { FixPayload } from '../../domain/wire/mqtt.ts'

/** One a second is what the centre takes; a little less, so that a phone's own second counts as one. */
const EVERY_MS = 950
/** Two fixes further apart say nothing about the speed now. */
const SPEED_FROM_MS = 15_000

/** What `navigator.geolocation` says, without its class. */
export interface PlaceReading {
  timestamp: number
  coords: {
    longitude: number
    latitude: number
    accuracy: number
    speed: number | null
    heading: number | null
  }
}

/**
 * A reading as a fix of the contract, by the centre's clock as far as it is known. A phone that tells no speed has it from its last two
 * places: without that a car that drives past would seem to stand.
 * @returns null for one that comes too soon
 */
export function fixOf(last: FixPayload | null, reading: PlaceReading, aheadMs: number): FixPayload | null {
  const { longitude: lng, latitude: lat, accuracy, speed, heading } = reading.coords
  const atMs = reading.timestamp - aheadMs
  const sinceMs = last ? atMs - Date.parse(last.at) : Infinity
  if (sinceMs < EVERY_MS) return null
  const metres = last ? distanceM(last.lng, last.lat, lng, lat) : 0
  const measured = sinceMs <= SPEED_FROM_MS ? (metres / sinceMs) * 1000 : 0
  const speedMps = Math.min(150, Math.max(0, speed ?? measured))
  return {
    at: toIso(atMs),
    lng: Number(lng.toFixed(7)),
    lat: Number(lat.toFixed(7)),
    speedMps: Number(speedMps.toFixed(1)),
    accuracyM: Math.min(100_000, Math.max(0, Math.round(accuracy))),
    ...(heading === null || Number.isNaN(heading) ? {} : { bearingDeg: ((Math.round(heading) % 360) + 360) % 360 }),
  }
}
