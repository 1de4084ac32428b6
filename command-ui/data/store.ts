import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Camera } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import type { DutyLevelNow } from '../../domain/duty-level.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Me } from '../../domain/officer.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Posting } from '../../domain/posting.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { Site } from '../../domain/site.ts'
import type { Trouble } from '../../domain/trouble.ts'
import { emptyDot, type Dot, type DotFrame } from '../../domain/wire/dots.ts'
import type { MqttAddress, EventKind, Health, LogEvent, ServerMessage, Snapshot } from '../../domain/wire/live.ts'
import type { Zone } from '../../domain/zone.ts'
import { Collection } from './collection.ts'
import type { LiveState } from './live-channel.ts'
import { Observable } from './observable.ts'

export type City = Snapshot['city']

/** Where a moving thing was last, by the binary stream. The same object for the same key: read it, keep no hold of it. */
export interface DotNow extends Dot {
  takenAtMs: number
}

/** Over an alarm that the database already has only when it tells of a further press, or of what somebody has done about it. */
function isNews(known: Alarm | undefined, told: Alarm): boolean {
  if (!known || known.occurrences < told.occurrences) return true
  if (known.occurrences > told.occurrences) return false
  if ((known.radioOrders?.length ?? 0) < (told.radioOrders?.length ?? 0)) return true
  // Taken over: answers of the same moment come in the order in which they were made.
  if (known.state !== 'raised') return told.state !== 'raised' && told.owner !== null && told.owner !== known.owner
  return told.state !== 'raised' || (known.owner === null && told.owner !== null)
}

/** Everything that the views of a signed-in desk read. Written only by the live channel. */
export class Store {
  readonly alarms: Collection<Alarm>
  readonly incidents: Collection<Incident>
  readonly assignments: Collection<Assignment>
  readonly patrols: Collection<PatrolNow>
  /** Where free patrols are told to stand; those that are over make room. */
  readonly postings: Collection<Posting>
  readonly vehicles: Collection<VehicleNow>
  readonly cameras: Collection<Camera>
  readonly sites: Collection<Site>
  readonly zones: Collection<Zone>
  readonly devices: Collection<Device>
  readonly troubles: Collection<Trouble>
  readonly me = new Observable<Me | null>(null)
  readonly city = new Observable<City | null>(null)
  readonly mqtt = new Observable<MqttAddress | null>(null)
  readonly health = new Observable<Health | null>(null)
  readonly dutyLevel = new Observable<DutyLevelNow | null>(null)
  readonly coverage = new Observable<Coverage | null>(null)
  readonly live = new Observable<LiveState>('connecting')
  /** When the last word of the server came, server clock, ms. */
  readonly heardAtMs = new Observable(0)
  /** Newest place by dot key; keys are those of patrols and vehicles, so it cannot grow beyond them. */
  readonly dots = new Map<number, DotNow>()
  #clock: Clock & { sample(serverAt: string): void }
  #eventListeners = new Set<(event: LogEvent) => void>()
  #dotListeners = new Set<(frame: DotFrame) => void>()

  constructor(clock: Clock & { sample(serverAt: string): void }) {
    this.#clock = clock
    this.alarms = new Collection<Alarm>(clock, 5000, (alarm) => alarm.state === 'closed')
    this.incidents = new Collection<Incident>(clock, 5000, (incident) => incident.state === 'closed')
    this.assignments = new Collection<Assignment>(clock, 10_000, (assignment) => assignment.clearedAt !== null)
    this.patrols = new Collection<PatrolNow>(clock)
    this.postings = new Collection<Posting>(clock, 5000, (posting) => posting.state === 'ended')
    this.vehicles = new Collection<VehicleNow>(clock)
    this.cameras = new Collection<Camera>(clock, 200_000)
    this.sites = new Collection<Site>(clock)
    this.zones = new Collection<Zone>(clock)
    this.devices = new Collection<Device>(clock, 200_000)
    this.troubles = new Collection<Trouble>(clock, 5000, (trouble) => trouble.restoredAt !== null)
  }

  apply(snapshot: Snapshot): void {
    this.#clock.sample(snapshot.at)
    this.me.set(snapshot.me)
    this.city.set(snapshot.city)
    this.mqtt.set(snapshot.mqtt)
    this.health.set(snapshot.health)
    this.coverage.set(snapshot.coverage)
    this.dutyLevel.set(snapshot.dutyLevel ?? null)
    this.sites.reset(snapshot.sites)
    this.zones.reset(snapshot.zones)
    this.cameras.reset(snapshot.cameras)
    this.devices.reset(snapshot.devices)
    this.patrols.reset(snapshot.patrols)
    this.postings.reset(snapshot.postings ?? [])
    this.vehicles.reset(snapshot.vehicles)
    this.assignments.reset(snapshot.assignments)
    this.incidents.reset(snapshot.incidents)
    this.troubles.reset(snapshot.troubles)
    this.alarms.reset(snapshot.alarms)
  }

  follow(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#clock.sample(message.at)
        break
      case 'pulse':
        this.#clock.sample(message.at)
        this.health.set(message.health)
        this.heardAtMs.set(this.#clock.nowMs())
        break
      case 'event':
        this.#followEvent(message.event)
        break
      case 'provisional':
        if (isNews(this.alarms.get(message.alarm.id), message.alarm)) {
          this.alarms.upsert({ ...message.alarm, provisional: true })
        }
        break
      case 'coverage':
        this.coverage.set(message.coverage)
        break
      case 'reset':
        break
      default: {
        const never: never = message
        throw new Error(`unknown message ${JSON.stringify(never)}`)
      }
    }
  }

  moveDots(frame: DotFrame): void {
    for (let i = 0; i < frame.count; i++) {
      const { key } = frame.read(i, readDot)
      let dot = this.dots.get(key)
      if (!dot) this.dots.set(key, (dot = { ...readDot, takenAtMs: 0 }))
      frame.read(i, dot)
      dot.takenAtMs = frame.baseMs - dot.ageS * 1000
    }
    for (const listener of this.#dotListeners) listener(frame)
  }

  /** Every event of the log after it has been applied. */
  onEvent(listener: (event: LogEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  onDots(listener: (frame: DotFrame) => void): () => void {
    this.#dotListeners.add(listener)
    return () => this.#dotListeners.delete(listener)
  }

  #followEvent(event: LogEvent): void {
    const collection = this.#collectionOf(event.kind)
    if (collection) {
      if (event.action === 'removed') collection.remove(event.subjectId)
      else if (typeof event.body['id'] === 'string') collection.upsert(event.body as { id: string })
    }
    if (event.kind === 'duty' && event.action === 'level-changed') this.dutyLevel.set(event.body as DutyLevelNow)
    for (const listener of this.#eventListeners) listener(event)
  }

  /** The body of an event is the whole entity of its kind, so the cast is the contract of `logEventSchema`. */
  #collectionOf(kind: EventKind): Collection<{ id: string }> | null {
    const byKind: Partial<Record<EventKind, unknown>> = {
      alarm: this.alarms,
      incident: this.incidents,
      assignment: this.assignments,
      patrol: this.patrols,
      posting: this.postings,
      camera: this.cameras,
      device: this.devices,
      site: this.sites,
      zone: this.zones,
      trouble: this.troubles,
    }
    return (byKind[kind] as Collection<{ id: string }> | undefined) ?? null
  }
}

const readDot = emptyDot()
