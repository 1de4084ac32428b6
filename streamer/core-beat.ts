import { reasonOf } from '../domain/fault.ts'
import type { Log } from '../domain/log.ts'
import type { Metrics, Series } from '../domain/metrics.ts'
import type { StreamerBeat } from '../domain/wire/streamers.ts'
import { streamerOrdersSchema } from '../domain/wire/streamers.ts'
import type { Fleet } from './camera/fleet.ts'

/** Shorter than the core's patience (three beats), long enough that 64 workers are no load. */
const BEAT_MS = 2_000
/** A core that hangs must not let beats pile up. */
const ANSWER_TIMEOUT_MS = 1_500
export interface CoreBeatOptions {
  coreUrl: string
  workerId: string
  token: string
  /** Where the core reaches this worker. */
  baseUrl: string
  metricsPort: number
  fleet: Fleet
  log: Log
  metrics: Metrics
}

/**
 * Tells the core every two seconds that this worker lives and how its cameras are, and gets the cameras it shall serve. While
 * the core is away the last list stands: pictures go on.
 */
export class CoreBeat {
  readonly #options: CoreBeatOptions
  readonly #missed: Series
  #timer: NodeJS.Timeout | null = null
  #isBeating = false
  #isCoreAway = false

  constructor(options: CoreBeatOptions) {
    this.#options = options
    this.#missed = options.metrics.counter('vigil_core_beats_missed_total', 'beats that the core did not answer').of()
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.beat(), BEAT_MS)
    void this.beat()
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Never rejects. */
  async beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    const { coreUrl, workerId, token, baseUrl, metricsPort, fleet, log } = this.#options
    const report: StreamerBeat = { baseUrl, metricsPort, cameras: fleet.status() }
    try {
      const response = await fetch(`${coreUrl}/api/v1/internal/streamers/${encodeURIComponent(workerId)}/beat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(report),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      if (!response.ok) throw new Error(`the core answered ${response.status}`)
      fleet.assign(streamerOrdersSchema.parse(await response.json()).cameras)
      if (this.#isCoreAway) log.info('the core is back')
      this.#isCoreAway = false
    } catch (error) {
      this.#missed.add()
      if (!this.#isCoreAway)
        log.warn('the core does not answer; the last list of cameras stands', { error: reasonOf(error) })
      this.#isCoreAway = true
    } finally {
      this.#isBeating = false
    }
  }
}
