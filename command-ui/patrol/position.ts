import type { FixPayload } from '../../domain/wire/mqtt.ts'
import { asApiFault } from '../data/api-fault.ts'
import { countOddity } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { sendFixes } from './crew-api.ts'
import type { Crew } from './crew.ts'
import { verdictOf } from './entries.ts'
import { fixOf } from './own-place.ts'
import { FIXES_MAX } from './phone-store.ts'

/** Batches go out this often: a place on the desk is at most three seconds old, and the radio sleeps in between. */
const SEND_EVERY_MS = 2_000
/** As many as the centre takes at once. */
const BATCH = 100
/** A fix that is no older is where the car is; the sketch says so. */
const WATCH: PositionOptions = { enableHighAccuracy: true, maximumAge: 1_000, timeout: 30_000 }

/** `off`: the crew has switched it off; `asking`; `on`; `denied`: by the phone's owner; `none`: no receiver, or no HTTPS; `off-duty`: by the centre. */
export type PlaceState = 'off' | 'asking' | 'on' | 'denied' | 'none' | 'off-duty'

/** The phone as the patrol's receiver: while the crew is on duty and has not switched it off. Kept over a tunnel, the oldest dropped first. */
export class OwnPosition {
  readonly state = new Observable<PlaceState>('off')
  readonly last = new Observable<FixPayload | null>(null)
  /** Fixes that had to be dropped because the tunnel was too long. */
  readonly dropped = new Observable(0)
  readonly #crew: Crew
  #watchId: number | null = null
  #timer: ReturnType<typeof setInterval> | null = null
  #isSending = false

  constructor(crew: Crew) {
    this.#crew = crew
  }

  start(): void {
    if (this.#watchId !== null) return
    if (!('geolocation' in navigator) || !isSecureContext) return this.state.set('none')
    this.state.set('asking')
    this.#watchId = navigator.geolocation.watchPosition(
      (reading) => void this.#take(reading),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) this.state.set('denied')
        else countOddity(`no-place: ${error.code}`)
      },
      WATCH,
    )
    this.#timer = setInterval(() => void this.send(), SEND_EVERY_MS)
  }

  stop(): void {
    if (this.#watchId !== null) navigator.geolocation.clearWatch(this.#watchId)
    if (this.#timer) clearInterval(this.#timer)
    this.#watchId = null
    this.#timer = null
    this.state.set('off')
  }

  async #take(reading: GeolocationPosition): Promise<void> {
    const fix = fixOf(this.last.get(), reading, this.#crew.aheadMs)
    if (!fix || this.#watchId === null) return
    this.last.set(fix)
    if (this.state.get() !== 'off-duty') this.state.set('on')
    const { store, me } = this.#crew
    try {
      const waiting = await store.countFixes()
      if (waiting >= FIXES_MAX) {
        const [oldest] = await store.fixes(me.id, 1)
        if (oldest) await store.removeFixes(oldest.seq)
        this.dropped.update((count) => count + 1)
      }
      await store.addFix(me.id, fix)
    } catch (error) {
      countOddity('fix-not-kept', error)
    }
  }

  /** What waits, oldest first, batch after batch. */
  async send(): Promise<void> {
    const { store, me, patrolId, offlineSinceMs } = this.#crew
    if (this.#isSending || offlineSinceMs.get() !== null) return
    this.#isSending = true
    try {
      for (;;) {
        const batch = await store.fixes(me.id, BATCH)
        if (batch.length === 0) return
        const answer = await sendFixes(
          patrolId,
          batch.map(({ fix }) => fix),
        )
        await store.removeFixes(batch.at(-1)!.seq)
        if (answer.refused) this.state.set('off-duty')
        else if (this.#watchId !== null && this.state.get() === 'off-duty') this.state.set('on')
        if (batch.length < BATCH) return
      }
    } catch (error) {
      const fault = asApiFault(error)
      countOddity(`fixes-not-sent: ${fault.code}`)
      // What the centre will never take must not keep the newer ones waiting.
      if (verdictOf(fault.status) === 'never') await this.#dropBatch()
    } finally {
      this.#isSending = false
    }
  }

  async #dropBatch(): Promise<void> {
    const { store, me } = this.#crew
    const batch = await store.fixes(me.id, BATCH)
    if (batch.length === 0) return
    await store.removeFixes(batch.at(-1)!.seq)
    this.dropped.update((count) => count + batch.length)
  }
}
