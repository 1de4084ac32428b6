import { countOddity } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { Loudspeaker, type AudioState } from '../sound/loudspeaker.ts'

const DUTY_KEY = 'vigil.crew-duty'
const VIBRATE_EVERY_MS = 1_600
const VIBRATION_MS = [500, 150, 500]

/** The sound, the vibration and the light of the phone while its crew is on duty. */
export class PhoneDuty {
  readonly isOn = new Observable(kept())
  readonly audio = new Observable<AudioState>('blocked')
  readonly #loudspeaker = new Loudspeaker((state) => this.audio.set(state))
  #vibrating: ReturnType<typeof setInterval> | null = null
  #light: WakeLockSentinel | null = null
  readonly #onShown = () => void this.#keepLight()

  /** Within a tap: browsers give sound to nobody who was not touched. */
  async start(): Promise<void> {
    this.isOn.set(true)
    keep(true)
    await this.unlock()
    this.#loudspeaker.once('test')
  }

  /** After a reload, or at any touch: sound if the browser gives it, and the screen stays on. */
  async unlock(): Promise<void> {
    document.addEventListener('visibilitychange', this.#onShown)
    void this.#keepLight()
    try {
      // Without a touch the browser leaves the promise open for ever.
      await Promise.race([this.#loudspeaker.unlock(), new Promise((resolve) => setTimeout(resolve, 1000))])
    } catch (error) {
      countOddity('audio-failed', error)
    }
    this.audio.set(this.#loudspeaker.state)
  }

  end(): void {
    this.isOn.set(false)
    keep(false)
    this.ring(false)
    document.removeEventListener('visibilitychange', this.#onShown)
    this.#light?.release().catch((error: unknown) => countOddity('light-refused', error))
    this.#light = null
  }

  /** Until the crew has answered. */
  ring(isRinging: boolean): void {
    this.#loudspeaker.loop(isRinging ? 'p1' : null)
    document.body.dataset['ring'] = isRinging ? 'on' : 'off'
    if (!isRinging) {
      if (this.#vibrating) clearInterval(this.#vibrating)
      this.#vibrating = null
      return
    }
    if (this.#vibrating || !('vibrate' in navigator)) return
    const shake = () => navigator.vibrate(VIBRATION_MS)
    shake()
    this.#vibrating = setInterval(shake, VIBRATE_EVERY_MS)
  }

  /** A short tone for something that is no order. */
  chime(): void {
    this.#loudspeaker.once('test')
  }

  level(): number {
    return this.#loudspeaker.level()
  }

  async #keepLight(): Promise<void> {
    if (!this.isOn.get() || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      this.#light = await navigator.wakeLock.request('screen')
    } catch (error) {
      countOddity('light-refused', error) // low battery: the phone decides
    }
  }
}

function kept(): boolean {
  try {
    return localStorage.getItem(DUTY_KEY) === 'yes'
  } catch (error) {
    countOddity('storage-refused', error)
    return false
  }
}

function keep(isOn: boolean): void {
  try {
    if (isOn) localStorage.setItem(DUTY_KEY, 'yes')
    else localStorage.removeItem(DUTY_KEY)
  } catch (error) {
    countOddity('storage-refused', error)
  }
}
