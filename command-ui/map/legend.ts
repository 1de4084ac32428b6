import type { Language } from './base-style.ts'
import { mapWords } from './map-words.ts'
import { PATROL_LOOK, TAXI_INK } from './palette.ts'

/** Shapes with their words, bottom left, and how many taxis are left out at this zoom. */
export class Legend {
  #root = document.createElement('div')
  #taxis = document.createElement('span')

  constructor(container: HTMLElement, language: Language) {
    this.#root.className = 'city-map-legend'
    container.append(this.#root)
    this.setLanguage(language)
  }

  setLanguage(language: Language): void {
    const words = mapWords[language]
    this.#taxis = document.createElement('span')
    this.#root.replaceChildren(
      ...(['free', 'en-route', 'on-scene', 'off'] as const).map((status) =>
        entry(PATROL_LOOK[status].mark, PATROL_LOOK[status].colour, words.patrol[status]),
      ),
      // Small as they are on the map: a large ring is a patrol off duty.
      entry('●', TAXI_INK.hired, words.hired, true),
      entry('○', TAXI_INK.vacant, words.vacant, true),
      this.#taxis,
    )
  }

  setTaxis(shown: number, total: number, language: Language): void {
    const words = mapWords[language]
    const text = words.thinned(shown, total)
    if (this.#taxis.dataset['text'] === text) return
    this.#taxis.dataset['text'] = text
    this.#taxis.textContent = text
    if (shown === total) return
    const more = document.createElement('span')
    more.className = 'more'
    more.textContent = words.zoomIn
    this.#taxis.append(more)
  }

  destroy(): void {
    this.#root.remove()
  }
}

function entry(mark: string, colour: string, word: string, isSmall = false): HTMLElement {
  const root = document.createElement('span')
  const sign = document.createElement('i')
  sign.textContent = mark
  sign.style.color = colour
  if (isSmall) sign.className = 'small'
  root.append(sign, word)
  return root
}
