import type { DeviceWrite } from '../device.ts'
import type { EscalationFactors } from '../duty-level.ts'
import type { Patrol } from '../patrol.ts'
import type { EdgeInput, JunctionInput } from '../roads/graph.ts'
import type { RunCard } from '../run-card.ts'
import type { LngLat } from '../scalars.ts'
import type { Site } from '../site.ts'
import type { Zone } from '../zone.ts'

/** The files of a city folder; docs/city-format.md explains each to an operator with a spreadsheet. */
export const CITY_FILES = [
  'city.json',
  'junctions.csv',
  'roads.geojson',
  'zones.geojson',
  'sites.geojson',
  'devices.csv',
  'cameras.csv',
  'patrols.csv',
  'vehicles.csv',
  'run-cards.csv',
] as const
export const LAYER_NAMES = ['water', 'rail', 'buildings', 'landuse', 'places'] as const
export type LayerName = (typeof LAYER_NAMES)[number]
export type CityFile = (typeof CITY_FILES)[number] | `${LayerName}.geojson`
/** Without these there is no centre; every other file may be absent. */
export const NEEDED_FILES: readonly CityFile[] = [
  'city.json',
  'junctions.csv',
  'roads.geojson',
  'zones.geojson',
  'patrols.csv',
  'devices.csv',
]

/** What a reader found: rows of a spreadsheet by column name, parsed JSON, or why neither. */
export type RawFile =
  | { rows: Record<string, string>[] }
  | { json: unknown }
  /** Read while it is checked; it throws an Error with the rest of the sentence "roads.geojson …" when it cannot be read. */
  | { features: Iterable<unknown> }
  | { broken: string }
/** A file that is not there is simply not in it. */
export type RawCity = Partial<Record<CityFile, RawFile>>

/** One thing the operator has to mend, in the operator's words. */
export interface CityProblem {
  file: CityFile
  /** `row 17` (the heading is row 1), `feature 3`, or empty for the whole file. */
  where: string
  what: string
}

/** A road with its names; shapes and classes as the road graph takes them. */
export interface CityRoad extends EdgeInput {
  name: string | null
  nameEn: string | null
}

/** A camera of the folder, before anyone has given it a password. */
export interface CityCamera {
  id: string
  name: string
  siteId: string | null
  lng: number
  lat: number
  bearingDeg: number | null
  fovDeg: number
  rangeM: number
  ptz: boolean
  warm: boolean
  /** What its simulated picture shows; real cameras leave it empty. */
  scene: string | null
  source: { kind: 'rtsp' | 'onvif' | 'push'; address: string }
  /** Address of its larger stream; null: it has one. */
  mainAddress: string | null
  /** Its sound is passed on. */
  audio: boolean
  /** Address of its ONVIF device service, for PTZ and events; null without one. */
  onvif: string | null
  /** Absent: that of its site. */
  jurisdiction?: string | undefined
}

export interface CityVehicle {
  id: string
  kind: 'taxi' | 'tag' | 'handheld'
  name: string
  plate: string | null
}

export interface LayerCollection {
  type: 'FeatureCollection'
  features: unknown[]
}

/** A checked city: every reference in it leads somewhere. */
export interface City {
  name: string
  nameEn: string
  note: string
  centre: LngLat
  /** west, south, east, north */
  bounds: [number, number, number, number]
  junctions: JunctionInput[]
  roads: CityRoad[]
  zones: Zone[]
  sites: Site[]
  devices: DeviceWrite[]
  cameras: CityCamera[]
  patrols: Patrol[]
  vehicles: CityVehicle[]
  /** How many patrols each kind of alarm asks for; of a folder without them the defaults. */
  runCards: RunCard[]
  /** Waiting times of escalations by duty level, as a share of the normal ones. */
  escalation: EscalationFactors
  layers: Partial<Record<LayerName, LayerCollection>>
}
