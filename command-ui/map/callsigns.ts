import type { Clock } from '../../domain/clock.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Fleet } from './fleet.ts'
import { STALE_AFTER_S } from './glide.ts'
import type { Piece } from './label-sheet.ts'
import type { LivingLayer } from './living-layer.ts'
import { minutesText, PATROL_LOOK } from './palette.ts'
import { toScreen } from './plane.ts'
import { sideOffset, thinLabels } from './thin-labels.ts'
import type { Box, LabelBox } from './thin-labels.ts'

/** Nearer than this the callsigns of free patrols are written; those on a job always are. */
const ALL_CALLSIGNS_ZOOM = 10.6

/** The chosen car's label lies on the colour of its way. */
const CHOSEN_GROUND = '#0f4f7d'

/** Writes callsigns beside the patrols, as many as fit; the chosen one and those on a job first. */
export class Callsigns {
  #layer: LivingLayer
  #fleet: Fleet
  #clock: Clock
  #sides = new Map<number, number>()

  constructor(layer: LivingLayer, fleet: Fleet, clock: Clock) {
    this.#layer = layer
    this.#fleet = fleet
    this.#clock = clock
  }

  /**
   * @param etas times to write beside the callsign, by patrol id
   * Price: some hundred rectangles against each other; run it once a second and after a gesture, not per painting.
   */
  layOut(
    widthPx: number,
    heightPx: number,
    zoom: number,
    chosen: string | null,
    etas: ReadonlyMap<string, string>,
  ): void {
    const { patrols, matrix } = this.#layer
    if (matrix[15] === 0) return
    const nowS = this.#clock.monotonicMs() / 1000
    const labels: (LabelBox & { index: number; key: number; piece: Piece })[] = []
    for (let index = 0; index < patrols.count; index++) {
      const key = patrols.keyAt(index)
      const patrol = this.#fleet.patrolByKey.get(key)
      if (!patrol) continue
      patrols.placeAt(index, nowS, place)
      if (!toScreen(matrix, place[0]!, place[1]!, 0, widthPx, heightPx, screen)) continue
      const importance = importanceOf(patrol, chosen, etas)
      if (importance > 2 && zoom < ALL_CALLSIGNS_ZOOM) continue
      const piece = this.#pieceOf(
        patrol,
        ageMark(this.#fleet.ageOf(key) ?? 0),
        etas.get(patrol.id),
        patrol.id === chosen,
      )
      if (!piece) continue
      const { widthPx: w, heightPx: h } = piece
      const side = this.#sides.get(key) ?? 0
      labels.push({ x: screen[0]!, y: screen[1]!, widthPx: w, heightPx: h, importance, side, index, key, piece })
    }
    thinLabels(labels, widthPx, heightPx, this.#taken(widthPx, heightPx))
    const { pieces, boxes } = this.#layer.labelRows()
    this.#sides.clear()
    for (const { index, key, side, piece } of labels) {
      this.#sides.set(key, side)
      if (side < 0) continue
      pieces.set([piece.u, piece.v, piece.du, piece.dv], index * 4)
      boxes.set([...sideOffset(side, piece.widthPx, piece.heightPx), piece.widthPx, piece.heightPx], index * 4)
    }
  }

  /** The scene's name must not be written over. */
  #taken(widthPx: number, heightPx: number): Box[] {
    const { beacon, matrix } = this.#layer
    if (!beacon.isShown) return []
    const { heightM, widthPx: w, heightPx: h, upPx } = beacon.markBox
    if (!toScreen(matrix, beacon.place.x, beacon.place.y, heightM, widthPx, heightPx, screen)) return []
    const [x, y] = [screen[0]!, screen[1]! - upPx]
    return [[x - w / 2, y - h / 2, x + w / 2, y + h / 2]]
  }

  #pieceOf(patrol: PatrolNow, staleMark: string, eta = '', isChosen = false): Piece | null {
    const colour = PATROL_LOOK[patrol.status].colour
    const text = `${patrol.callsign}${eta && ` ${eta}`}${staleMark && ` ${staleMark}`}`
    const isQuiet = staleMark !== '' || patrol.status === 'off' || patrol.status === 'out-of-service'
    const edge = isChosen ? '#8fd0ff' : colour + (isQuiet ? '66' : 'b3')
    const ask = () =>
      this.#layer.sheet.piece(text, isQuiet ? '#9aa8ba' : '#f0f5fb', edge, isChosen ? CHOSEN_GROUND : undefined)
    const piece = ask()
    if (piece) return piece
    // Full: this round's other labels are drawn again with the next one.
    this.#layer.sheet.clear()
    return ask()
  }
}

/** Steps in which a stale fix tells its age, seconds: few, so that the sheet of labels does not fill up with every second. */
const AGES_S = [1800, 600, 300, 120, 60, STALE_AFTER_S]

/** `−2′`: where it was two minutes ago; empty while the fix is fresh. */
export function ageMark(ageS: number): string {
  const step = AGES_S.find((least) => ageS >= least)
  return step === undefined ? '' : `−${minutesText(step)}`
}

const place = new Float64Array(2)
const screen = new Float64Array(2)

function importanceOf(patrol: PatrolNow, chosen: string | null, etas: ReadonlyMap<string, string>): number {
  if (patrol.id === chosen) return 0
  if (etas.has(patrol.id)) return 1
  switch (patrol.status) {
    case 'on-scene':
    case 'en-route':
    case 'accepted':
    case 'ordered':
      return 1
    case 'free':
      return 3
    case 'off':
    case 'out-of-service':
      return 5
    default: {
      const never: never = patrol.status
      return never
    }
  }
}
