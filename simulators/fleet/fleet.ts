import type { Clock } from '../../domain/clock.ts'
import type { City } from '../../domain/city/city.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { buildRoadGraph, type RoadGraph } from '../../domain/roads/graph.ts'
import { createSnapper, type Snapper } from '../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../domain/roads/speeds.ts'
import { DeviceLink, type DeviceLinkOptions } from './device-link.ts'
import { Roamer } from './driver.ts'
import { PanicButton } from './panic-button.ts'
import { PatrolCar } from './patrol-car.ts'
import { seededRandom } from './seeded-random.ts'
import { Taxi } from './taxi.ts'

export interface FleetOptions {
  city: City
  mqttUrl: string
  /** Empty string: a real device has taken this place. */
  passwords: ReadonlyMap<string, string>
  seed: number
  clock: Clock
  log: Log
  metrics: Metrics
  onTakenOver(deviceId: string): void
}

export interface Fleet {
  buttons: PanicButton[]
  taxis: Taxi[]
  patrols: PatrolCar[]
  close(): Promise<void>
}

/** All vehicles take a step so often; a fix is sent when its own time has come. */
const STEP_MS = 500
/** Devices that connect in one go: a district's terminals do not all come up in the same millisecond. */
const CONNECT_BATCH = 20
const CONNECT_EVERY_MS = 100
/** A patrol that has nothing to do stays this near to its post. */
const BEAT_RADIUS_M = 900

/** Puts a district's buttons, taxis and patrols on the wire. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { city, clock, log, metrics } = options
  const random = seededRandom(options.seed)
  const graph = buildRoadGraph({ junctions: city.junctions, edges: city.roads }, TRAFFIC_SPEEDS)
  const snap = createSnapper(graph)
  const fleet: Fleet = { buttons: [], taxis: [], patrols: [], close: async () => {} }
  const links: DeviceLink[] = []
  const connected = metrics.gauge('vigil_sim_devices_connected', 'simulated devices with an open link')
  const takenOver = metrics.counter('vigil_sim_devices_taken_over_total', 'simulated devices replaced by a real one')
  metrics.onRead(() => connected.of().set(links.filter((link) => link.isConnected).length))

  let waiting = 0
  for (const device of city.devices) {
    const password = options.passwords.get(device.id)
    if (!password) continue
    if (++waiting % CONNECT_BATCH === 0) await new Promise((resolve) => setTimeout(resolve, CONNECT_EVERY_MS))
    const open = (hooks: Pick<DeviceLinkOptions, 'onCommand' | 'onReceipt'>): DeviceLink => {
      const link: DeviceLink = new DeviceLink({
        url: options.mqttUrl,
        kind: device.kind,
        id: device.id,
        password,
        log,
        random,
        ...hooks,
        onRefused: () => {
          log.info('a real device has taken the place of this one', { device: device.id })
          takenOver.of().add()
          options.onTakenOver(device.id)
          link.drop()
        },
      })
      links.push(link)
      return link
    }
    join(fleet, device, open, { graph, snap, city, clock, random })
  }

  let lastMs = clock.monotonicMs()
  const timer = setInterval(() => {
    const nowMs = clock.monotonicMs()
    // After a stall (a suspended machine) nobody jumps across the district.
    const seconds = Math.min(2, (nowMs - lastMs) / 1000)
    lastMs = nowMs
    for (const taxi of fleet.taxis) taxi.step(seconds)
    for (const patrol of fleet.patrols) patrol.step(seconds)
    for (const button of fleet.buttons) button.step()
  }, STEP_MS)
  fleet.close = async () => {
    clearInterval(timer)
    await Promise.all(links.map((link) => link.close()))
  }
  return fleet
}

interface Ground {
  graph: RoadGraph
  snap: Snapper
  city: City
  clock: Clock
  random: () => number
}

function join(
  fleet: Fleet,
  device: City['devices'][number],
  open: (hooks: Pick<DeviceLinkOptions, 'onCommand' | 'onReceipt'>) => DeviceLink,
  ground: Ground,
): void {
  const { graph, snap, city, clock, random } = ground
  if (device.kind === 'button') {
    const button: PanicButton = new PanicButton(
      open({ onReceipt: (receipt) => button.hear(receipt), onCommand: (command) => button.obey(command) }),
      clock,
      random,
    )
    fleet.buttons.push(button)
  } else if (device.kind === 'taxi') {
    const roamer = new Roamer(graph, random, drivableArc(graph, Math.floor(random() * graph.edgeCount)), null, Infinity)
    const taxi: Taxi = new Taxi(open({ onCommand: (command) => taxi.obey(command) }), clock, roamer, random)
    fleet.taxis.push(taxi)
  } else if (device.kind === 'patrol') {
    const patrol = city.patrols.find((candidate) => candidate.id === device.id)
    if (!patrol) return
    const home = snap(patrol.homeLng, patrol.homeLat)
    const start = drivableArc(graph, home?.edge ?? 0)
    const roamer = new Roamer(graph, random, start, [patrol.homeLng, patrol.homeLat], BEAT_RADIUS_M)
    const link = open({ onCommand: (command) => car.obey(command) })
    const car: PatrolCar = new PatrolCar({ link, clock, roamer, graph, snap, random })
    fleet.patrols.push(car)
  }
}

/** One of the two directions of an edge in which one may drive. */
function drivableArc(graph: RoadGraph, edge: number): number {
  return Number.isFinite(graph.forwardS[edge]!) ? edge * 2 : edge * 2 + 1
}
