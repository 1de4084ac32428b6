import type { Feature, FeatureCollection } from 'geojson'
import type { Coverage } from '../../domain/recommendation.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import type { Site } from '../../domain/site.ts'
import type { Language } from './base-style.ts'
import { CITY_LAYERS, drawnLayer, outsideOf } from './city-layers.ts'
import type { CityLayers } from './city-layers.ts'
import { SWITCHES } from './city-style.ts'
import { labelLayers } from './label-style.ts'
import type { GeoJSONSource, MapLibreMap } from './maplibre-door.ts'
import { overlayFeatures, reachFeatures, type MapOverlay } from './overlay-shapes.ts'
import {
  areSameCircles,
  circleFeatures,
  coverageLabels,
  routeFeatures,
  trailFeatures,
  withCoverage,
} from './scene-shapes.ts'
import type { MapScene } from './scene-shapes.ts'

/** Sites that keep their badge longest when there is no room: those with a button. */
const SITE_RANK: Record<Site['kind'], number> = {
  police: 0,
  school: 1,
  kindergarten: 1,
  hospital: 2,
  government: 3,
  bank: 4,
  station: 5,
  shop: 6,
  other: 7,
}

/** Everything MapLibre draws itself: fills its sources and turns its layers. Only after the style has loaded. */
export class CityPicture {
  #map: MapLibreMap
  #zones: FeatureCollection = { type: 'FeatureCollection', features: [] }
  #isTall = false
  #hasBuildings = true
  #coverageText = ''
  #scene: MapScene | null = null

  constructor(map: MapLibreMap) {
    this.#map = map
  }

  /** Streets and water at once; the buildings, which are most of the bytes, when those are on the screen. */
  setLayers(layers: CityLayers): void {
    for (const name of CITY_LAYERS) {
      if (name === 'buildings') continue
      const drawn = drawnLayer(name, layers[name])
      if (name === 'zones') {
        this.#zones = drawn
        this.#fill('outside', outsideOf(drawn))
      }
      this.#fill(name, drawn)
    }
    void this.#map.once('idle', () => this.#fill('buildings', drawnLayer('buildings', layers.buildings)))
  }

  setSites(sites: readonly Site[]): void {
    const features = sites.map((site): Feature => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [site.lng, site.lat] },
      properties: { id: site.id, n: site.name, e: site.nameEn ?? site.name, k: site.kind, r: SITE_RANK[site.kind] },
    }))
    this.#fill('sites', { type: 'FeatureCollection', features })
  }

  /** Only what is another one is filled: the patrols are asked about every five seconds, and mostly the circles stay. */
  setScene(scene: MapScene | null): void {
    const before = this.#scene
    this.#scene = scene
    const circles = scene?.circles ?? []
    if (!areSameCircles(before?.circles ?? [], circles)) this.#fill('circles', circleFeatures(circles))
    if (before?.candidates !== scene?.candidates || before?.chosen !== scene?.chosen) {
      this.#fill('routes', routeFeatures(scene?.candidates ?? [], scene?.chosen ?? null))
    }
    if (before?.trail !== scene?.trail) this.#fill('trail', trailFeatures(scene?.trail))
  }

  setOverlay(overlay: MapOverlay): void {
    this.#fill('overlay', overlayFeatures(overlay))
  }

  setReach(circle: CircleFeatures | null): void {
    this.#fill('reach', reachFeatures(circle))
  }

  /** Shades what cannot be reached in time now, and writes the share beside each zone's promise. */
  setCoverage(coverage: Coverage | null): void {
    const text =
      coverage?.zones.map((zone) => `${zone.zoneId} ${zone.goalS} ${Math.round(zone.share * 100)}`).join() ?? ''
    if (text === this.#coverageText) return
    this.#coverageText = text
    const zones = this.#zones.features.map((zone) => withCoverage(zone, coverage))
    const withShare = zones.filter(({ properties }) => properties?.['share'] !== undefined)
    this.#fill('coverage', { type: 'FeatureCollection', features: withShare })
    const labelled = zones.map((zone): Feature => {
      const share = zone.properties?.['share'] as number | undefined
      if (share === undefined) return zone
      const goal = `${String(zone.properties?.['goal'])} ${Math.round(share * 100)}%`
      return { ...zone, properties: { ...zone.properties, goal } }
    })
    this.#fill('zones', { type: 'FeatureCollection', features: labelled })
    this.#fill('coverage-labels', coverageLabels(withShare))
  }

  setMode(mode: '2d' | 'tilt' | '3d'): void {
    this.#isTall = mode !== '2d'
    this.#showBuildings()
    this.#map.setPaintProperty('building-tall', 'fill-extrusion-opacity', mode === '3d' ? 0.94 : 0.72)
  }

  /** Every layer with a name is made again in the other language; what is switched off stays off. */
  setLanguage(language: Language): void {
    for (const { id, layout } of labelLayers(language)) {
      for (const key of ['text-field', 'text-font', 'icon-image'] as const) {
        const value = layout && key in layout ? (layout as Record<typeof key, string>)[key] : undefined
        if (value !== undefined) this.#map.setLayoutProperty(id, key, value)
      }
    }
  }

  setVisible(name: keyof typeof SWITCHES | 'buildings', isVisible: boolean): void {
    if (name === 'buildings') {
      this.#hasBuildings = isVisible
      this.#showBuildings()
      return
    }
    for (const id of SWITCHES[name]) this.#map.setLayoutProperty(id, 'visibility', isVisible ? 'visible' : 'none')
  }

  #showBuildings(): void {
    const show = (id: string, isShown: boolean) =>
      this.#map.setLayoutProperty(id, 'visibility', isShown && this.#hasBuildings ? 'visible' : 'none')
    show('building-tall', this.#isTall)
    show('building-flat', !this.#isTall)
  }

  #fill(name: string, shape: FeatureCollection): void {
    const source = this.#map.getSource<GeoJSONSource>(name)
    if (source) void source.setData(shape)
  }
}
