/** Kinds of road, in the words of OpenStreetMap so that an operator's export needs no translation; widest first. */
export const ROAD_CLASSES = [
  'motorway',
  'motorway_link',
  'trunk',
  'primary',
  'secondary',
  'tertiary',
  'residential',
  'service',
] as const
export type RoadClass = (typeof ROAD_CLASSES)[number]

/** How fast one drives where a road has no speed of its own. */
export interface RoadSpeeds {
  kmh: Record<RoadClass, number>
  /** Times as fast as that (and as a road's own speed), for a car with a siren; 1 for ordinary traffic. */
  factor: Record<RoadClass, number>
}

const KMH: Record<RoadClass, number> = {
  motorway: 90,
  motorway_link: 45,
  trunk: 65,
  primary: 50,
  secondary: 42,
  tertiary: 34,
  residential: 24,
  service: 15,
}

/** Ordinary traffic, junction delays included. */
export const TRAFFIC_SPEEDS: RoadSpeeds = {
  kmh: KMH,
  factor: {
    motorway: 1,
    motorway_link: 1,
    trunk: 1,
    primary: 1,
    secondary: 1,
    tertiary: 1,
    residential: 1,
    service: 1,
  },
}

/** A patrol car on an emergency: gains most where it is wide, almost nothing in a lane. */
export const PATROL_SPEEDS: RoadSpeeds = {
  kmh: KMH,
  factor: {
    motorway: 1.2,
    motorway_link: 1.15,
    trunk: 1.3,
    primary: 1.4,
    secondary: 1.35,
    tertiary: 1.25,
    residential: 1.15,
    service: 1.05,
  },
}
