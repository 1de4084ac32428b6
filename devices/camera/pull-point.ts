import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { readNotifications, type CameraEvent } from './camera-event.ts'
import type { OnvifTarget } from './onvif-door.ts'
import { askSoap, textIn } from './soap-call.ts'
import { escapeXml, firstOf, type XmlElement } from './xml-tree.ts'

const EVENTS = 'http://www.onvif.org/ver10/events/wsdl'
const NOTIFICATION = 'http://docs.oasis-open.org/wsn'
/** Asked for, and renewed at half of what is granted. */
const LIFE_MS = 120_000
/** A camera that grants less, or tells nonsense, is renewed so often all the same. */
const LIFE_MS_MIN = 20_000
/** The camera answers as soon as something happens; else it is asked again after this. A connection of a router's table lives longer. */
export const PULL_MS = 25_000
/** For its answer, beyond the time that it may wait. */
const CALL_MS = 5_000
const MESSAGES_MAX = 100
/** Reference parameters that have to be said again (Axis and others); more is no camera. */
const PARAMETERS_MAX = 8

export interface Pulled {
  events: CameraEvent[]
  /** Notifications about something else. */
  other: number
}

/** One subscription at one camera. Every call has its own deadline; after the first that throws it is over: `end` it and make another. */
export class PullPoint {
  readonly #clock: Clock
  readonly #offsetMs: number
  readonly #target: OnvifTarget
  readonly #header: string
  readonly #signal: AbortSignal
  #renewAtMs: number

  private constructor(
    place: OnvifTarget,
    made: XmlElement,
    clock: Clock,
    { offsetMs, signal }: { offsetMs: number; signal: AbortSignal },
  ) {
    this.#clock = clock
    this.#offsetMs = offsetMs
    this.#signal = signal
    this.#target = { ...place, path: pathOf(textIn(made, 'Address'), place.path) }
    this.#header = `<a:To>${escapeXml(textIn(made, 'Address') ?? '')}</a:To>${parametersOf(made)}`
    this.#renewAtMs = clock.monotonicMs() + lifeOf(made) / 2
  }

  /**
   * @param place the camera's event service
   * @param offsetMs how far its clock is ahead of ours
   * @param signal ends whatever is being asked
   * @throws Fault as `askSoap`
   */
  static async subscribe(
    place: OnvifTarget,
    options: { clock: Clock; offsetMs: number; signal: AbortSignal },
  ): Promise<PullPoint> {
    const { clock, offsetMs, signal } = options
    const body = await askSoap({
      target: place,
      action: `${EVENTS}/EventPortType/CreatePullPointSubscriptionRequest`,
      header: '',
      body: `<tev:CreatePullPointSubscription><tev:InitialTerminationTime>PT${LIFE_MS / 1000}S</tev:InitialTerminationTime></tev:CreatePullPointSubscription>`,
      cameraNowMs: clock.nowMs() + offsetMs,
      timeoutMs: CALL_MS,
      signal,
    })
    const made = firstOf(body, 'CreatePullPointSubscriptionResponse')
    if (!made || textIn(made, 'Address') === null) {
      throw new Fault('camera-not-a-camera', 'The camera gave no subscription for its events.')
    }
    return new PullPoint(place, made, clock, options)
  }

  /** Asks it to tell every state again; cameras that cannot are as good. */
  async synchronise(): Promise<void> {
    const body = '<tev:SetSynchronizationPoint/>'
    try {
      await this.#ask(`${EVENTS}/PullPointSubscription/SetSynchronizationPointRequest`, body, CALL_MS)
    } catch (error) {
      if (!(error instanceof Fault) || error.facts['soapFault'] === undefined) throw error
    }
  }

  /** Waits for what happens, `PULL_MS` at most; renews before it when that is due. */
  async pull(): Promise<Pulled> {
    if (this.#clock.monotonicMs() >= this.#renewAtMs) await this.#renew()
    const body = `<tev:PullMessages><tev:Timeout>PT${PULL_MS / 1000}S</tev:Timeout><tev:MessageLimit>${MESSAGES_MAX}</tev:MessageLimit></tev:PullMessages>`
    const answer = await this.#ask(`${EVENTS}/PullPointSubscription/PullMessagesRequest`, body, PULL_MS + CALL_MS)
    return readNotifications(answer)
  }

  /** Gives the camera its place back; never rejects, it may be what does not answer. */
  async end(): Promise<void> {
    // Also when everything else has been told to end.
    const signal = AbortSignal.timeout(1_000)
    const action = `${NOTIFICATION}/bw-2/SubscriptionManager/UnsubscribeRequest`
    await this.#ask(action, '<wsnt:Unsubscribe/>', 1_000, signal).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
    })
  }

  async #renew(): Promise<void> {
    const body = `<wsnt:Renew><wsnt:TerminationTime>PT${LIFE_MS / 1000}S</wsnt:TerminationTime></wsnt:Renew>`
    const answer = await this.#ask(`${NOTIFICATION}/bw-2/SubscriptionManager/RenewRequest`, body, CALL_MS)
    this.#renewAtMs = this.#clock.monotonicMs() + lifeOf(answer) / 2
  }

  #ask(action: string, body: string, timeoutMs: number, signal = this.#signal): Promise<XmlElement> {
    const cameraNowMs = this.#clock.nowMs() + this.#offsetMs
    const header = `<a:Action>${action}</a:Action>${this.#header}`
    return askSoap({ target: this.#target, action, header, body, cameraNowMs, timeoutMs, signal })
  }
}

/** Only the path of what the camera tells: host and port stay those that were checked. */
function pathOf(address: string | null, otherwise: string): string {
  if (address === null || !URL.canParse(address)) return otherwise
  const { pathname, search } = new URL(address)
  return pathname + search
}

function parametersOf(made: XmlElement): string {
  const given = firstOf(made, 'ReferenceParameters')?.children ?? []
  return given
    .slice(0, PARAMETERS_MAX)
    .filter(({ name }) => /^[\w.-]{1,80}$/.test(name))
    .map(
      ({ name, namespace, text }) =>
        `<p:${name} xmlns:p="${escapeXml(namespace)}" a:IsReferenceParameter="true">${escapeXml(text.trim())}</p:${name}>`,
    )
    .join('')
}

/** By the camera's own two times, so that its clock does not matter. */
function lifeOf(answer: XmlElement): number {
  const lifeMs = Date.parse(textIn(answer, 'TerminationTime') ?? '') - Date.parse(textIn(answer, 'CurrentTime') ?? '')
  return lifeMs > LIFE_MS_MIN ? Math.min(lifeMs, LIFE_MS) : LIFE_MS_MIN
}
