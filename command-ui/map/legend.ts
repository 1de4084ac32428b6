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
      entry('●', TAXI_INK.hired, words.hired),
      entry('○', TAXI_INK.vacant, words.vacant),
      this.#taxis,
    )
  }

  setTaxis(shown: number, total: number, language: Language): void {
    const text = mapWords[language].thinned(shown, total)
    if (this.#taxis.textContent !== text) this.#taxis.textContent = text
  }

  destroy(): void {
    this.#root.remove()
  }
}

function entry(mark: string, colour: string, word: string): HTMLElement {
  const root = document.createElement('span')
  const sign = document.createElement('i')
  sign.textContent = mark
  sign.style.color = colour
  root.append(sign, word)
  return root
}
