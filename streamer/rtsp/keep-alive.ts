type KeepAliveMethod = 'GET_PARAMETER' | 'OPTIONS' | 'SET_PARAMETER'

/** Even with a session time-out of ten minutes the NAT box between us forgets after one. */
const INTERVAL_MAX_MS = 30_000

/**
 * What keeps a session from timing out. Cameras differ: what `Public` offers is used, GET_PARAMETER first as RFC 2326 §10.8
 * means it. Some offer what they then refuse, never answer or answer with "no such session" (454), so the next method is tried.
 */
export class KeepAlive {
  /** As long as nothing was offered: OPTIONS itself was refused. */
  #methods: KeepAliveMethod[] = ['GET_PARAMETER', 'OPTIONS']
  #dueMs = Infinity
  #intervalMs = INTERVAL_MAX_MS

  /** @param offered value of `Public`, e.g. `OPTIONS, DESCRIBE, GET_PARAMETER`; may be empty */
  offered(offered: string): void {
    const words = offered.split(',').map((word) => word.trim().toUpperCase())
    const wished = (['GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER'] as const).filter((method) => words.includes(method))
    // What is not offered comes last: OPTIONS was answered once.
    this.#methods = [...new Set([...wished, 'OPTIONS', 'GET_PARAMETER'] as const)]
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

  /** @returns false: there is no other method */
  refused(): boolean {
    if (this.#methods.length === 1) return false
    this.#methods.shift()
    return true
  }

  /** It may have been heard all the same, so in the end it has its turn again. */
  unanswered(): void {
    this.#methods.push(this.#methods.shift()!)
  }
}
