import type { Camera } from '../../domain/camera.ts'
import type { Site } from '../../domain/site.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Language } from './base-style.ts'
import type { Fleet } from './fleet.ts'
import type { LivingLayer } from './living-layer.ts'
import type { MapLibreMap, MapMouseEvent } from './maplibre-door.ts'
import { mapWords } from './map-words.ts'
import { NearestPick } from './nearest.ts'
import type { Picked } from './nearest.ts'
import { PATROL_LOOK } from './palette.ts'
import { toScreen, xOf, yOf } from './plane.ts'

/** Looking under the pointer more often would not be seen. */
const HOVER_EVERY_MS = 60

export interface PointerSource {
  cameras: readonly Camera[]
  sites: readonly Site[]
  language: Language
}

/** What is under the pointer, and the line of text that says so. */
export class Pointer {
  #map: MapLibreMap
  #layer: LivingLayer
  #fleet: Fleet
  #clock: Clock
  #source: PointerSource
  #tip = document.createElement('div')
  #lookedAtMs = 0
  #hovered: Picked | null = null

  constructor(map: MapLibreMap, layer: LivingLayer, fleet: Fleet, clock: Clock, source: PointerSource) {
    this.#map = map
    this.#layer = layer
    this.#fleet = fleet
    this.#clock = clock
    this.#source = source
    this.#tip.className = 'city-map-tip'
    this.#tip.setAttribute('role', 'status')
    this.#tip.hidden = true
    map.getContainer().append(this.#tip)
    map.on('mousemove', this.#hover)
    map.on('mouseout', this.#leave)
    map.on('movestart', this.#leave)
  }

  destroy(): void {
    this.#map.off('mousemove', this.#hover)
    this.#map.off('mouseout', this.#leave)
    this.#map.off('movestart', this.#leave)
    this.#tip.remove()
  }

  /** The nearest thing within 14 px, in the order of importance: patrol, taxi, camera, site. */
  pickAt(x: number, y: number): Picked | null {
    const pick = new NearestPick(x, y)
    const { patrols, taxis, plane } = this.#layer
    const nowS = this.#clock.monotonicMs() / 1000
    const { clientWidth: width, clientHeight: height } = this.#map.getCanvas()
    const project = (px: number, py: number) => toScreen(this.#layer.matrix, px, py, 0, width, height, screen)
    if (this.#layer.isVisible('patrols')) {
      for (let i = 0; i < patrols.count; i++) {
        patrols.placeAt(i, nowS, place)
        if (project(place[0]!, place[1]!)) pick.offer('patrol', i, this.#patrolId, screen[0]!, screen[1]!)
      }
    }
    if (this.#layer.isVisible('taxis')) {
      for (let i = 0; i < taxis.count; i++) {
        if (!taxis.isShown(i)) continue
        taxis.placeAt(i, nowS, place)
        if (project(place[0]!, place[1]!)) pick.offer('taxi', i, this.#taxiId, screen[0]!, screen[1]!)
      }
    }
    const zoom = this.#map.getZoom()
    if (this.#layer.isVisible('cameras') && zoom > 12.6) {
      this.#source.cameras.forEach((camera, i) => {
        if (!project(xOf(plane, camera.lng), yOf(plane, camera.lat))) return
        pick.offer('camera', i, () => camera.id, screen[0]!, screen[1]!)
      })
    }
    this.#source.sites.forEach((site, i) => {
      if (!project(xOf(plane, site.lng), yOf(plane, site.lat))) return
      pick.offer('site', i, () => site.id, screen[0]!, screen[1]!)
    })
    return pick.best
  }

  /** Under the mouse when it was last looked at. */
  get hoveredCameraId(): string | null {
    return this.#hovered?.kind === 'camera' ? (this.#source.cameras[this.#hovered.index]?.id ?? null) : null
  }

  /** The line of text beside the mouse. */
  get tip(): HTMLElement {
    return this.#tip
  }

  keyOf(picked: Picked): number | null {
    if (picked.kind === 'patrol') return this.#layer.patrols.keyAt(picked.index)
    return picked.kind === 'taxi' ? this.#layer.taxis.keyAt(picked.index) : null
  }

  #patrolId = (index: number) => this.#fleet.patrolByKey.get(this.#layer.patrols.keyAt(index))?.id ?? ''
  #taxiId = (index: number) => this.#fleet.taxiByKey.get(this.#layer.taxis.keyAt(index))?.id ?? ''

  #hover = (event: MapMouseEvent): void => {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#lookedAtMs < HOVER_EVERY_MS) return
    this.#lookedAtMs = nowMs
    const picked = this.pickAt(event.point.x, event.point.y)
    this.#hovered = picked
    this.#map.getCanvas().style.cursor = picked ? 'pointer' : ''
    this.#tip.hidden = picked === null
    if (!picked) return
    this.#tip.textContent = this.#textOf(picked)
    const { clientWidth } = this.#map.getContainer()
    const isRight = event.point.x > clientWidth - 260
    this.#tip.style.transform = `translate(${Math.round(event.point.x + (isRight ? -14 : 14))}px, ${Math.round(event.point.y + 16)}px)${isRight ? ' translateX(-100%)' : ''}`
  }

  #leave = (): void => {
    this.#hovered = null
    this.#tip.hidden = true
  }

  #textOf(picked: Picked): string {
    const words = mapWords[this.#source.language]
    const key = this.keyOf(picked)
    const age = key === null ? null : this.#fleet.ageOf(key)
    const ageText = age === null ? words.noFix : words.age(age)
    switch (picked.kind) {
      case 'patrol': {
        const patrol = this.#fleet.patrolByKey.get(key ?? -1)
        if (!patrol) return ''
        const look = PATROL_LOOK[patrol.status]
        return `${look.mark} ${patrol.callsign} · ${words.patrol[patrol.status]} · ${words.speed(patrol.speedMps ?? 0)} · ${ageText}`
      }
      case 'taxi': {
        const taxi = this.#fleet.taxiByKey.get(key ?? -1)
        if (!taxi) return ''
        const look = this.#layer.taxis.lookAt(picked.index)
        const state = look > 1.5 ? words.emergency : look > 0.5 ? words.hired : words.vacant
        return `${taxi.plate ?? taxi.name} · ${state} · ${ageText}`
      }
      case 'camera': {
        const camera = this.#source.cameras[picked.index]
        return camera ? `${camera.name} · ${words.camera[camera.state]}` : ''
      }
      case 'site': {
        const site = this.#source.sites[picked.index]
        return site ? (this.#source.language === 'en' ? (site.nameEn ?? site.name) : site.name) : ''
      }
      default: {
        const never: never = picked.kind
        return never
      }
    }
  }
}

const place = new Float64Array(2)
const screen = new Float64Array(2)
