import { beside, footOn, gap, lengthOf, spline, stretch, type Line, type Point } from './plane.ts'
import { EXPRESSWAY, INTERCHANGES, type Street } from './streets.ts'

/** Half the distance between the two carriageways' middles. */
const HALF_GAP_M = 12
/** A ramp leaves this far before the crossing and touches the arterial this far beside it. */
const RAMP_M = 430
const RAMP_FOOT_M = 85

const NAME = { name: '滨北高速', nameEn: 'Binbei Expressway' }

export function expresswayLine(): Line {
  return spline(EXPRESSWAY, 40)
}

/**
 * Two one-way carriageways, joined where they leave the map, and a diamond of four ramps at each interchange. Everything else
 * passes under it.
 */
export function expressway(ground: readonly Street[]): Street[] {
  const middle = expresswayLine()
  const ends: [Point, Point] = [middle[0]!, middle.at(-1)!]
  const east = [ends[0], ...beside(middle, -HALF_GAP_M).slice(1, -1), ends[1]]
  const west = [ends[0], ...beside(middle, HALF_GAP_M).slice(1, -1), ends[1]].reverse()
  const streets: Street[] = [carriageway(east), carriageway(west)]
  for (const at of INTERCHANGES) {
    const arterial = ground
      .map((street) => ({ street, foot: footOn(street.line, at) }))
      .sort((a, b) => a.foot.distance - b.foot.distance)[0]!.street
    for (const way of [east, west]) streets.push(...ramps(way, arterial.line, at))
  }
  return streets
}

function carriageway(line: Line): Street {
  return { line, class: 'motorway', level: 1, oneway: true, ...NAME }
}

/** The way off and the way on of one carriageway. */
function ramps(way: Line, arterial: Line, at: Point): Street[] {
  const crossingM = alongM(way, at)
  const off = pointAt(way, crossingM - RAMP_M)
  const on = pointAt(way, crossingM + RAMP_M)
  const foot = rampFoot(way, arterial, at)
  const nearOff = pointAt(way, crossingM - RAMP_M * 0.45)
  const nearOn = pointAt(way, crossingM + RAMP_M * 0.45)
  const aside = (p: Point, share: number): Point => {
    const q = footOn(way, p).at
    const [dx, dy] = [foot[0] - footOn(way, foot).at[0], foot[1] - footOn(way, foot).at[1]]
    return [q[0] + dx * share, q[1] + dy * share]
  }
  return [ramp(spline([off, aside(nearOff, 0.42), foot], 30)), ramp(spline([foot, aside(nearOn, 0.42), on], 30))]
}

function ramp(line: Line): Street {
  return { line, class: 'motorway_link', level: 1, oneway: true, name: null, nameEn: null }
}

/** The place of the arterial on this carriageway's own side. */
function rampFoot(way: Line, arterial: Line, at: Point): Point {
  const here = alongM(arterial, at)
  const candidates = [pointAt(arterial, here - RAMP_FOOT_M), pointAt(arterial, here + RAMP_FOOT_M)]
  return candidates.sort((a, b) => footOn(way, a).distance - footOn(way, b).distance)[0]!
}

function alongM(line: Line, p: Point): number {
  const foot = footOn(line, p)
  return lengthOf(line.slice(0, foot.index + 1)) + gap(line[foot.index]!, foot.at)
}

function pointAt(line: Line, m: number): Point {
  return stretch(line, m, m + 0.01)[0] ?? line.at(-1)!
}
