import type { RoadClass } from '../roads/speeds.ts'

/** What a way of OpenStreetMap is to a patrol car. */
export type WayVerdict =
  | {
      isRoad: true
      class: RoadClass
      oneway: 'no' | 'forward' | 'backward'
      /** From its limit; null: as its class. */
      speedKmh: number | null
      /** It says a limit that is not a number of km/h or mph; its class's speed is used. */
      hasOddSpeed: boolean
    }
  /** `not-a-highway` is no road at all (a river, a house) and is not reported one by one. */
  | { isRoad: false; why: LeftOutWay }

export const LEFT_OUT_WAYS = [
  'not-a-highway',
  /** Footways, steps, cycleways, tracks: no patrol car drives there. */
  'not-for-cars',
  'not-built-yet',
  'no-access',
  'reversible',
  'area',
] as const
export type LeftOutWay = (typeof LEFT_OUT_WAYS)[number]

/** OSM knows more classes than a patrol needs: links drive like the next smaller road, a yard's lane like a service road. */
const CLASS_OF: Readonly<Record<string, RoadClass>> = {
  motorway: 'motorway',
  motorway_link: 'motorway_link',
  trunk: 'trunk',
  trunk_link: 'motorway_link',
  primary: 'primary',
  primary_link: 'secondary',
  secondary: 'secondary',
  secondary_link: 'tertiary',
  tertiary: 'tertiary',
  tertiary_link: 'residential',
  unclassified: 'tertiary',
  residential: 'residential',
  road: 'residential',
  living_street: 'service',
  service: 'service',
}
const NOT_BUILT = new Set(['construction', 'proposed', 'planned', 'abandoned', 'razed', 'disused'])
const CLOSED = new Set(['no', 'private'])
const ONEWAY_WORDS: Readonly<Record<string, 'no' | 'forward' | 'backward' | 'reversible'>> = {
  yes: 'forward',
  true: 'forward',
  '1': 'forward',
  '-1': 'backward',
  reverse: 'backward',
  reversible: 'reversible',
  alternating: 'reversible',
  no: 'no',
  false: 'no',
  '0': 'no',
}
/** From the most to the least particular word about cars; the first that is there counts. */
const ACCESS_KEYS = ['emergency', 'motorcar', 'motor_vehicle', 'vehicle', 'access']
/**
 * A limit is not a speed: what remains of it over junctions and bends. The class speeds are 0.75–0.85 of the limits that are usual on
 * those roads, so a road with a limit fits in between those without.
 */
const SHARE_OF_LIMIT = 0.8
const MPH_KMH = 1.609_344
/** What a road of a city folder may say. */
const SPEED_KMH_MIN = 3
const SPEED_KMH_MAX = 150

/**
 * Reads the tags of one way, after the rules of the OpenStreetMap wiki for cars. Motorways and roundabouts are one-way without saying so.
 * Pure; ~1 µs.
 */
export function readWayTags(tags: ReadonlyMap<string, string>): WayVerdict {
  const highway = tags.get('highway')
  if (highway === undefined) return { isRoad: false, why: 'not-a-highway' }
  if (NOT_BUILT.has(highway)) return { isRoad: false, why: 'not-built-yet' }
  // A pedestrian street that is opened to emergency vehicles is a slow road to them.
  const isOpened = isYes(tags.get('emergency')) && (highway === 'pedestrian' || highway === 'track')
  const roadClass = isOpened ? 'service' : CLASS_OF[highway]
  if (roadClass === undefined) return { isRoad: false, why: 'not-for-cars' }
  if (tags.get('area') === 'yes') return { isRoad: false, why: 'area' }
  const access = ACCESS_KEYS.map((key) => tags.get(key)).find((word) => word !== undefined)
  if (access !== undefined && CLOSED.has(access)) return { isRoad: false, why: 'no-access' }
  const oneway = readOneway(tags, highway)
  if (oneway === 'reversible') return { isRoad: false, why: 'reversible' }
  const limit = tags.get('maxspeed')
  const speedKmh = limit === undefined ? null : readSpeedKmh(limit)
  return { isRoad: true, class: roadClass, oneway, speedKmh, hasOddSpeed: limit !== undefined && speedKmh === null }
}

function readOneway(tags: ReadonlyMap<string, string>, highway: string): 'no' | 'forward' | 'backward' | 'reversible' {
  const said = ONEWAY_WORDS[tags.get('oneway') ?? '']
  if (said !== undefined) return said
  const junction = tags.get('junction')
  const isImplied = highway === 'motorway' || junction === 'roundabout' || junction === 'circular'
  return isImplied ? 'forward' : 'no'
}

/** `60`, `60 km/h`, `35 mph`; of `60;80` the lower. Null for words (`none`, `CN:urban`, `signals`). */
function readSpeedKmh(limit: string): number | null {
  const limitsKmh = limit.split(/[;|]/).map((part) => {
    const found = /^\s*(\d{1,3}(?:\.\d+)?)\s*(km\/h|kmh|kph|mph)?\s*$/.exec(part)
    return found ? Number(found[1]) * (found[2] === 'mph' ? MPH_KMH : 1) : NaN
  })
  const limitKmh = Math.min(...limitsKmh)
  if (!(limitKmh > 0)) return null
  return Math.round(Math.max(SPEED_KMH_MIN, Math.min(SPEED_KMH_MAX, limitKmh * SHARE_OF_LIMIT)))
}

function isYes(word: string | undefined): boolean {
  return word === 'yes' || word === 'designated' || word === 'official'
}
