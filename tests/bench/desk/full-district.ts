import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Camera } from '../../../domain/camera.ts'
import type { VehicleNow } from '../../../domain/fix.ts'
import type { PatrolNow } from '../../../domain/patrol.ts'
import type { Snapshot } from '../../../domain/wire/live.ts'
import { CAMERAS, now, PATROLS, VEHICLES, type MadeUpDistrict } from '../../command-ui/fixture-district.ts'

/** What the cities have that this centre is measured against: Baotou's taxis, Jiayuguan's cameras. */
export const FULL = { taxis: 7000, cameras: 2156, patrols: 200 }
/** A terminal reports every five to ten seconds, a patrol every second. */
const TAXI_EVERY_S = [5, 6, 7, 8, 9, 10]
const M_PER_DEGREE = 111_195
const CITY = join(process.cwd(), 'simulators/city/demo')

type LngLat = [lng: number, lat: number]
interface Roads {
  features: { geometry: { type: string; coordinates: LngLat[] } }[]
}

/** Drives to and fro on one road. */
class Driver {
  readonly key: number
  readonly everyS: number
  #road: LngLat[]
  #leg = 0
  #alongM = 0
  #speedMps: number

  constructor(key: number, road: LngLat[], everyS: number) {
    this.key = key
    this.#road = road
    this.everyS = everyS
    this.#speedMps = 4 + ((key * 7) % 11)
  }

  drive(seconds: number): void {
    this.#alongM += this.#speedMps * seconds
    // A leg of no length is passed at once; as many turns as a second can need.
    for (let turn = 0; turn < 50 && this.#alongM > this.#legM(); turn++) {
      this.#alongM -= this.#legM()
      this.#leg++
      if (this.#leg < this.#road.length - 1) continue
      this.#road = [...this.#road].reverse()
      this.#leg = 0
    }
  }

  place(): { lng: number; lat: number; speedMps: number; bearingDeg: number } {
    const [a, b] = [this.#road[this.#leg]!, this.#road[this.#leg + 1]!]
    const share = Math.min(1, this.#alongM / Math.max(0.01, this.#legM()))
    const east = (b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180)
    const bearingDeg = ((Math.atan2(east, b[1] - a[1]) * 180) / Math.PI + 360) % 360
    return {
      lng: a[0] + (b[0] - a[0]) * share,
      lat: a[1] + (b[1] - a[1]) * share,
      speedMps: this.#speedMps,
      bearingDeg,
    }
  }

  #legM(): number {
    const [a, b] = [this.#road[this.#leg]!, this.#road[this.#leg + 1]!]
    return Math.hypot((b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180), b[1] - a[1]) * M_PER_DEGREE
  }
}

/** The demo district with as many of everything as whole cities have. */
export function fullDistrict(): MadeUpDistrict {
  const read = (name: string) => readFileSync(join(CITY, `${name}.geojson`), 'utf8')
  const { features } = JSON.parse(read('roads')) as Roads
  const roads = features.flatMap(({ geometry }) =>
    geometry.type === 'LineString' && geometry.coordinates.length > 1 ? [geometry.coordinates] : [],
  )
  const city = JSON.parse(readFileSync(join(CITY, 'city.json'), 'utf8')) as Snapshot['city']
  const roadOf = (i: number) => roads[(i * 7919) % roads.length]!
  const onPatrol = Array.from({ length: FULL.patrols }, (_, i) => new Driver(i + 1, roadOf(i), 1))
  const inTaxi = Array.from(
    { length: FULL.taxis },
    (_, i) => new Driver(1000 + i, roadOf(i + 31), TAXI_EVERY_S[i % TAXI_EVERY_S.length]!),
  )
  const drivers = [...onPatrol, ...inTaxi]
  let second = 0
  return {
    city: { ...city, layers: ['roads', 'zones', 'water', 'rail', 'buildings', 'landuse', 'places'] },
    patrols: onPatrol.map(patrolOf),
    vehicles: inTaxi.map(taxiOf),
    cameras: Array.from({ length: FULL.cameras }, (_, i) => cameraOf(i, roadOf(i + 5)[0]!)),
    dots: () => {
      second++
      return drivers.flatMap((driver) => {
        driver.drive(1)
        if ((second + driver.key) % driver.everyS !== 0) return []
        return [{ key: driver.key, ...driver.place(), ageS: 0.3, flags: driver.key % 2 }]
      })
    },
    layer: (name) => JSON.parse(read(name)) as unknown,
  }
}

const STATUSES: PatrolNow['status'][] = ['free', 'free', 'en-route', 'free', 'on-scene', 'free', 'free', 'off']

function patrolOf(driver: Driver, i: number): PatrolNow {
  const status = STATUSES[i % STATUSES.length]!
  const callsign = `巡${String(i + 1).padStart(3, '0')}`
  return { ...PATROLS[0]!, ...driver.place(), id: `p${i + 1}`, callsign, key: driver.key, status, takenAt: now() }
}

function taxiOf(driver: Driver): VehicleNow {
  const id = `taxi-${driver.key}`
  return { ...VEHICLES[0]!, ...driver.place(), id, key: driver.key, name: id, plate: `T·${driver.key}`, takenAt: now() }
}

function cameraOf(i: number, [lng, lat]: LngLat): Camera {
  const like = CAMERAS[i % CAMERAS.length]!
  return { ...like, id: `cam-${i + 1}`, siteId: null, name: `camera ${i + 1}`, lng, lat, warm: false, state: 'idle' }
}
