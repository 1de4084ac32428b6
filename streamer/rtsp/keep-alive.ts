type KeepAliveMethod = 'GET_PARAMETER' | 'OPTIONS' | 'SET_PARAMETER'

/** Even with a session time-out of ten minutes the NAT box between us forgets after one. */
const INTERVAL_MAX_MS = 30_000

/**
 * What keeps a session from timing out. Cameras differ: what `Public` offers is used, GET_PARAMETER first as RFC 2326 §10.8
 * means it; a method that is then refused gives way to the next.
 */
export class KeepAlive {
  #methods: KeepAliveMethod[] = ['OPTIONS']
  #dueMs = Infinity
  #intervalMs = INTERVAL_MAX_MS

  /** @param offered value of `Public`, e.g. `OPTIONS, DESCRIBE, GET_PARAMETER` */
  offered(offered: string): void {
    const words = new Set(offered.split(',').map((word) => word.trim().toUpperCase()))
    const methods: KeepAliveMethod[] = []
    if (words.has('GET_PARAMETER')) methods.push('GET_PARAMETER')
    if (words.has('OPTIONS') || !words.has('SET_PARAMETER')) methods.push('OPTIONS')
    if (words.has('SET_PARAMETER')) methods.push('SET_PARAMETER')
    this.#methods = methods
  }

  began(nowMs: number, sessionTimeoutS: number): void {
    this.#intervalMs = Math.min(INTERVAL_MAX_MS, sessionTimeoutS * 450)
    this.#dueMs = nowMs + this.#intervalMs
  }

  /** True once per interval. */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false
    this.#dueMs = nowMs + this.#intervalMs
    return true
  }

  method(): KeepAliveMethod {
    return this.#methods[0]!
  }

  refused(): void {
    if (this.#methods.length > 1) this.#methods.shift()
  }
}
