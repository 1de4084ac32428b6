import { toIso, type Clock } from '../../domain/clock.ts'
import { shortestRoute } from '../../domain/roads/route.ts'
import type { RoadGraph } from '../../domain/roads/graph.ts'
import type { Snapper } from '../../domain/roads/snap.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CommandPayload } from '../../domain/wire/mqtt.ts'
import type { DeviceLink } from './device-link.ts'
import { RouteDriver, type Motion, type Roamer } from './driver.ts'

const IDLE_FIX_MS = 5_000
const BUSY_FIX_MS = 2_000
/** Reading the order and touching the screen; getting to the car and switching the light on. */
const ACCEPT_AFTER_MS = [2_000, 5_000] as const
const LEAVE_AFTER_MS = [3_000, 8_000] as const
/** A crew that hears nothing reports itself clear after this long on scene. */
const CLEAR_AFTER_MS = 300_000

interface Task {
  commandId: string
  assignmentId: string
  scene: LngLat
  step: 'ordered' | 'accepted' | 'driving' | 'there'
  nextMs: number
  drive: RouteDriver | null
}

export interface PatrolCarParts {
  link: DeviceLink
  clock: Clock
  roamer: Roamer
  graph: RoadGraph
  snap: Snapper
  random: () => number
}

/** Where it was told to stand while it has no order. */
interface Post {
  commandId: string
  postingId: string
  /** null: not left yet */
  drive: RouteDriver | null
  place: LngLat
  nextMs: number
}

/** A patrol crew with a terminal: roams its beat or stands where it was told to, accepts an order, drives to it by road, stands there until it is released. */
export class PatrolCar {
  readonly link: DeviceLink
  #parts: PatrolCarParts
  #task: Task | null = null
  #post: Post | null = null
  #nextFixMs: number

  constructor(parts: PatrolCarParts) {
    this.link = parts.link
    this.#parts = parts
    this.#nextFixMs = parts.clock.nowMs() + parts.random() * IDLE_FIX_MS
  }

  get #motion(): Motion {
    return this.#task?.drive?.motion ?? this.#post?.drive?.motion ?? this.#parts.roamer.motion
  }

  step(seconds: number): void {
    const nowMs = this.#parts.clock.nowMs()
    const task = this.#task
    if (task?.drive) task.drive.step(seconds)
    else if (!task && this.#post) this.#driveToPost(this.#post, seconds, nowMs)
    else if (!task) this.#parts.roamer.step(seconds)
    if (task && nowMs >= task.nextMs) this.#advance(task, nowMs)
    if (nowMs < this.#nextFixMs) return
    this.#nextFixMs = nowMs + (task ? BUSY_FIX_MS : IDLE_FIX_MS)
    const { lng, lat, speedMps, bearingDeg } = this.#motion
    this.link.send('fix', {
      at: toIso(nowMs),
      lng: Number(lng.toFixed(7)),
      lat: Number(lat.toFixed(7)),
      speedMps: Number((task && !task.drive ? 0 : speedMps).toFixed(1)),
      bearingDeg: Math.round(bearingDeg) % 360,
      accuracyM: 3,
    })
  }

  #advance(task: Task, nowMs: number): void {
    switch (task.step) {
      case 'ordered':
        task.step = 'accepted'
        task.nextMs = nowMs + this.#between(LEAVE_AFTER_MS)
        this.#reply(task, 'accept')
        return
      case 'accepted':
        task.step = 'driving'
        task.drive = this.#plan(task.scene)
        this.#post = null
        this.#reply(task, 'en-route')
        return
      case 'driving':
        if (!task.drive?.hasArrived) return
        task.step = 'there'
        task.nextMs = nowMs + CLEAR_AFTER_MS
        return
      case 'there':
        this.#reply(task, 'clear')
        this.#task = null
        return
      default: {
        const never: never = task.step
        throw new Error(`unknown step ${String(never)}`)
      }
    }
  }

  /** Accepts, drives there, and stands until it gets an order or is let go. Its arrival is seen from its fixes. */
  #driveToPost(post: Post, seconds: number, nowMs: number): void {
    if (post.drive) return post.drive.step(seconds)
    this.#parts.roamer.rest(seconds)
    this.#parts.roamer.step(seconds)
    if (nowMs < post.nextMs) return
    post.drive = this.#plan(post.place)
    const body = { postingId: post.postingId, step: 'accept' }
    this.link.send('reply', { id: post.commandId, ok: true, body }, { qos: 1 })
  }

  /** By road, then the last metres into the yard. Without a way: straight, as on foot. */
  #plan(scene: LngLat): RouteDriver {
    const { graph, snap, random } = this.#parts
    const { lng, lat } = this.#motion
    const from = snap(lng, lat)
    const to = snap(scene[0], scene[1])
    const route = from && to ? shortestRoute(graph, from, to) : null
    if (!route) return new RouteDriver([[lng, lat], scene], 60)
    return new RouteDriver([[lng, lat], ...route.line, scene], route.etaS * (0.9 + random() * 0.2))
  }

  obey(command: CommandPayload): void {
    const args = command.args ?? {}
    const assignmentId = typeof args['assignmentId'] === 'string' ? args['assignmentId'] : ''
    if (command.name === 'order') {
      const lng = Number(args['lng'])
      const lat = Number(args['lat'])
      if (!assignmentId || !Number.isFinite(lng) || !Number.isFinite(lat)) {
        this.link.send(
          'reply',
          { id: command.id, ok: false, body: { step: 'decline', reason: 'unreadable order' } },
          { qos: 1 },
        )
        return
      }
      // The same order again (QoS 1, or a reconnect) changes nothing.
      if (this.#task?.assignmentId === assignmentId) return
      const nextMs = this.#parts.clock.nowMs() + this.#between(ACCEPT_AFTER_MS)
      this.#task = { commandId: command.id, assignmentId, scene: [lng, lat], step: 'ordered', nextMs, drive: null }
      return
    }
    if (command.name === 'message' && typeof args['postingId'] === 'string') {
      this.#takePost(command.id, args['postingId'], args)
      return
    }
    // A plain text of the desk is read and confirmed; only a release ends the order.
    const isRelease = command.name === 'message' && args['released'] === true
    if (isRelease && this.#task && assignmentId === this.#task.assignmentId) this.#task = null
    this.link.send('reply', { id: command.id, ok: true }, { qos: 1 })
  }

  #takePost(commandId: string, postingId: string, args: Record<string, unknown>): void {
    if (args['released'] === true) {
      if (this.#post?.postingId === postingId) this.#post = null
      return
    }
    const place: LngLat = [Number(args['lng']), Number(args['lat'])]
    if (this.#post?.postingId === postingId || !place.every(Number.isFinite)) return
    const nextMs = this.#parts.clock.nowMs() + this.#between(ACCEPT_AFTER_MS)
    this.#post = { commandId, postingId, place, nextMs, drive: null }
  }

  #reply(task: Task, step: 'accept' | 'en-route' | 'clear'): void {
    this.link.send(
      'reply',
      { id: task.commandId, ok: true, body: { assignmentId: task.assignmentId, step } },
      { qos: 1 },
    )
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#parts.random() * (most - least)
  }
}
