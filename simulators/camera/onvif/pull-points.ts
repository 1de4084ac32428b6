import { randomUUID } from 'node:crypto'
import { toIso, type Clock } from '../../../domain/clock.ts'
import { stableNumber } from '../camera.ts'
import { durationMs, textOf, type SoapFault } from './soap.ts'

/**
 * Event subscriptions (ONVIF core specification §9.2, real-time pull-point): motion begins and ends now and then at each camera; being
 * covered, losing its signal and its input are set by whoever plays.
 */

export const SIM_EVENTS = ['tamper', 'signal-loss', 'digital-input'] as const
export type SimEvent = (typeof SIM_EVENTS)[number]

const PROPERTIES: Record<SimEvent, { topic: string; source: [string, string]; datum: string }> = {
  tamper: {
    topic: 'RuleEngine/TamperDetector/Tamper',
    source: ['VideoSourceConfigurationToken', 'source-config'],
    datum: 'IsTamper',
  },
  'signal-loss': { topic: 'VideoSource/SignalLoss', source: ['Source', 'source'], datum: 'State' },
  'digital-input': { topic: 'Device/Trigger/DigitalInput', source: ['InputToken', 'input-1'], datum: 'LogicalState' },
}
/** Beyond it a camera forgets what nobody has fetched. */
const PENDING_MAX = 64

/** A camera has room for few subscribers; beyond it the oldest is thrown out, as cameras do. */
const SUBSCRIPTIONS_PER_CAMERA_MAX = 8
const LIFE_MS_DEFAULT = 60_000
const LIFE_MS_MAX = 10 * 60_000
const PULL_MS_MAX = 60_000
/** How long something moves in front of a camera. */
const MOTION_MS = 4_000

interface PullPoint {
  id: string
  cameraId: string
  endsAtMs: number
  /** Up to when changes have been told. */
  toldMs: number
  wake: (() => void) | null
  /** Notifications that nobody has fetched. */
  pending: string[]
}

const NO_SUBSCRIPTION: SoapFault = { status: 400, subcode: 'wsnt:ResourceUnknownFault', reason: 'No such subscription' }

export class PullPoints {
  readonly #clock: Clock
  readonly #points = new Map<string, PullPoint>()
  /** By camera. */
  readonly #states = new Map<string, Map<SimEvent, boolean>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param base `http://host:port/{cameraId}/onvif` */
  create(cameraId: string, base: string, xml: string): string {
    this.#sweep()
    const own = [...this.#points.values()].filter((point) => point.cameraId === cameraId)
    if (own.length >= SUBSCRIPTIONS_PER_CAMERA_MAX) this.#end(own[0]!)
    const nowMs = this.#clock.nowMs()
    const id = randomUUID()
    const endsAtMs = nowMs + lifeMs(textOf(xml, 'InitialTerminationTime'))
    // Its first pull tells the state that holds now.
    this.#points.set(id, { id, cameraId, endsAtMs, toldMs: nowMs - periodMs(cameraId), wake: null, pending: [] })
    return (
      `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><a:Address>${base}/subscription/${id}` +
      `</a:Address></tev:SubscriptionReference><wsnt:CurrentTime>${toIso(nowMs)}</wsnt:CurrentTime>` +
      `<wsnt:TerminationTime>${toIso(endsAtMs)}</wsnt:TerminationTime></tev:CreatePullPointSubscriptionResponse>`
    )
  }

  async pull(id: string, xml: string): Promise<string | SoapFault> {
    const point = this.#points.get(id)
    if (!point || point.endsAtMs < this.#clock.nowMs()) return NO_SUBSCRIPTION
    const waitMs = Math.min(PULL_MS_MAX, durationMs(textOf(xml, 'Timeout') ?? '') ?? PULL_MS_MAX)
    const nextMs = nextChangeMs(point.cameraId, point.toldMs)
    const pauseMs = Math.min(waitMs, nextMs - this.#clock.nowMs())
    if (pauseMs > 0 && point.pending.length === 0) await this.#pause(point, pauseMs)
    // Like a camera that has started anew meanwhile.
    if (!this.#points.has(id)) return NO_SUBSCRIPTION
    const nowMs = this.#clock.nowMs()
    const motion = nextMs <= nowMs ? motionMessage(point.cameraId, nowMs) : ''
    if (motion) point.toldMs = nowMs
    const messages = point.pending.splice(0).join('') + motion
    return (
      `<tev:PullMessagesResponse><tev:CurrentTime>${toIso(nowMs)}</tev:CurrentTime>` +
      `<tev:TerminationTime>${toIso(point.endsAtMs)}</tev:TerminationTime>${messages}</tev:PullMessagesResponse>`
    )
  }

  /** Tells all subscribers of this camera. */
  set(cameraId: string, event: SimEvent, isActive: boolean): void {
    const states = this.#states.get(cameraId) ?? new Map<SimEvent, boolean>()
    this.#states.set(cameraId, states.set(event, isActive))
    for (const point of this.#points.values()) {
      if (point.cameraId === cameraId)
        this.#put(point, propertyMessage(event, isActive, 'Changed', this.#clock.nowMs()))
    }
  }

  /** SetSynchronizationPoint: all states once more. */
  synchronise(id: string): string | SoapFault {
    const point = this.#points.get(id)
    if (!point) return NO_SUBSCRIPTION
    for (const [event, isActive] of this.#states.get(point.cameraId) ?? []) {
      this.#put(point, propertyMessage(event, isActive, 'Initialized', this.#clock.nowMs()))
    }
    return '<tev:SetSynchronizationPointResponse/>'
  }

  /** As a restart does: nobody is subscribed any more, and nobody is told. */
  forget(cameraId: string): void {
    for (const point of this.#points.values()) if (point.cameraId === cameraId) this.#end(point)
  }

  subscribers(cameraId: string): number {
    this.#sweep()
    return [...this.#points.values()].filter((point) => point.cameraId === cameraId).length
  }

  #put(point: PullPoint, message: string): void {
    point.pending.push(message)
    if (point.pending.length > PENDING_MAX) point.pending.shift()
    point.wake?.()
  }

  renew(id: string, xml: string): string | SoapFault {
    const point = this.#points.get(id)
    if (!point) return NO_SUBSCRIPTION
    const nowMs = this.#clock.nowMs()
    point.endsAtMs = nowMs + lifeMs(textOf(xml, 'TerminationTime'))
    return (
      `<wsnt:RenewResponse><wsnt:TerminationTime>${toIso(point.endsAtMs)}</wsnt:TerminationTime>` +
      `<wsnt:CurrentTime>${toIso(nowMs)}</wsnt:CurrentTime></wsnt:RenewResponse>`
    )
  }

  unsubscribe(id: string): string | SoapFault {
    const point = this.#points.get(id)
    if (!point) return NO_SUBSCRIPTION
    this.#end(point)
    return '<wsnt:UnsubscribeResponse/>'
  }

  close(): void {
    for (const point of this.#points.values()) this.#end(point)
  }

  #pause(point: PullPoint, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      point.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #end(point: PullPoint): void {
    this.#points.delete(point.id)
    point.wake?.()
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs()
    for (const point of this.#points.values()) if (point.endsAtMs < nowMs) this.#end(point)
  }
}

/** 20–40 s, the camera's own. */
function periodMs(cameraId: string): number {
  return 20_000 + (stableNumber(cameraId) % 20_000)
}

/** When motion next begins or ends after `sinceMs`. */
function nextChangeMs(cameraId: string, sinceMs: number): number {
  const period = periodMs(cameraId)
  const start = Math.floor(sinceMs / period) * period
  return [start + MOTION_MS, start + period].find((change) => change > sinceMs)!
}

function motionMessage(cameraId: string, nowMs: number): string {
  const isMoving = nowMs % periodMs(cameraId) < MOTION_MS
  const source: [string, string] = ['VideoSourceConfigurationToken', 'source-config']
  return message('RuleEngine/CellMotionDetector/Motion', source, ['IsMotion', isMoving], 'Changed', nowMs)
}

function propertyMessage(event: SimEvent, isActive: boolean, operation: string, nowMs: number): string {
  const { topic, source, datum } = PROPERTIES[event]
  return message(topic, source, [datum, isActive], operation, nowMs)
}

function message(
  topic: string,
  [sourceName, source]: [string, string],
  [dataName, value]: [string, boolean],
  operation: string,
  nowMs: number,
): string {
  return (
    '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">' +
    `tns1:${topic}</wsnt:Topic><wsnt:Message>` +
    `<tt:Message UtcTime="${toIso(nowMs)}" PropertyOperation="${operation}"><tt:Source>` +
    `<tt:SimpleItem Name="${sourceName}" Value="${source}"/></tt:Source>` +
    `<tt:Data><tt:SimpleItem Name="${dataName}" Value="${value}"/></tt:Data></tt:Message></wsnt:Message>` +
    '</wsnt:NotificationMessage>'
  )
}

function lifeMs(text: string | null): number {
  return Math.min(LIFE_MS_MAX, durationMs(text ?? '') ?? LIFE_MS_DEFAULT)
}

export const EVENT_PROPERTIES =
  '<tev:GetEventPropertiesResponse><tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml' +
  '</tev:TopicNamespaceLocation><wsnt:FixedTopicSet>true</wsnt:FixedTopicSet></tev:GetEventPropertiesResponse>'
