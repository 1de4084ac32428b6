import type { Clock } from '../../domain/clock.ts'
import type { Language } from './base-style.ts'
import { Callsigns } from './callsigns.ts'
import type { Fleet } from './fleet.ts'
import type { Legend } from './legend.ts'
import type { LivingLayer } from './living-layer.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import { etaText } from './scene-shapes.ts'
import type { MapScene } from './scene-shapes.ts'

/** Callsigns and thinning follow a moving view at most this often. */
const EVERY_MS = 250

/** Who is shown and who has words beside it, for the view as it is: taxis are thinned, callsigns and times find their room. */
export class LayOut {
  #map: MapLibreMap
  #layer: LivingLayer
  #fleet: Fleet
  #legend: Legend
  #clock: Clock
  #callsigns: Callsigns
  #atMs = 0

  constructor(map: MapLibreMap, layer: LivingLayer, fleet: Fleet, legend: Legend, clock: Clock) {
    this.#map = map
    this.#layer = layer
    this.#fleet = fleet
    this.#legend = legend
    this.#clock = clock
    this.#callsigns = new Callsigns(layer, fleet, clock)
  }

  /**
   * @param isNow false: only when the last time is long ago
   * @returns true when it was done
   */
  run(isNow: boolean, scene: MapScene | null, language: Language): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (!isNow && nowMs - this.#atMs < EVERY_MS) return false
    this.#atMs = nowMs
    const zoom = this.#map.getZoom()
    const { clientWidth, clientHeight } = this.#map.getCanvas()
    this.#fleet.thin(zoom, this.#layer.metresPerPx())
    const { candidates = [], chosen = null } = scene ?? {}
    const etas = new Map(candidates.filter((c) => c.route).map((c) => [c.patrolId, etaText(c) ?? '']))
    this.#callsigns.layOut(clientWidth, clientHeight, zoom, chosen, etas)
    this.#legend.setTaxis(this.#fleet.taxisShown, this.#layer.taxis.count, language)
    return true
  }
}
