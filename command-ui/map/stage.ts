import { isSoftwareDrawn } from './map-possible.ts'
import type { MapLibreMap } from './maplibre-door.ts'

/** What the desk's letters measure up to a width of 1,920 px; beyond that they grow with the window. */
const ROOT_PX = 15

/**
 * What MapLibre lives in. The map's names, lines and dots are measured in pixels and would stay as small on a screen of four times as many: its stage is laid
 * out smaller and shown larger by the same factor as the letters around it, in as many pixels as the screen has.
 */
export class MapStage {
  readonly element = document.createElement('div')
  readonly frame: HTMLElement
  #scale = 0

  constructor(frame: HTMLElement) {
    this.frame = frame
    frame.classList.add('city-map')
    this.element.className = 'city-map-stage'
    frame.append(this.element)
    this.fit(null)
  }

  /** Pixels of the canvas for one that the map measures in. */
  get pixelRatio(): number {
    return (isSoftwareDrawn() ? 1 : Math.min(2, devicePixelRatio)) * this.#scale
  }

  /** Follows the letters: 1 on an ordinary screen, 2 on 4K. */
  fit(map: MapLibreMap | null): void {
    const rootPx = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const scale = Math.max(1, Math.round((rootPx / ROOT_PX) * 20) / 20)
    if (scale === this.#scale) return
    this.#scale = scale
    const { style } = this.element
    style.width = style.height = `${100 / scale}%`
    style.transform = scale === 1 ? '' : `scale(${scale})`
    map?.setPixelRatio(this.pixelRatio)
  }

  remove(map: MapLibreMap): void {
    map.remove()
    this.element.remove()
  }
}
