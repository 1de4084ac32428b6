/** Connections that have not said who they are. A storm of 5,000 devices behind one address passes in a few seconds all the same. */
const PENDING_OF_ADDRESS_MAX = 256
const PENDING_MAX = 2_048
/** 20,000 devices of a district at about 20 KB each. */
const TOTAL_MAX = 20_000

/** Counts connections so that strangers cannot take all of them. */
export class ConnectionLimits {
  #total = 0
  #pending = 0
  readonly #pendingOf = new Map<string, number>()

  get total(): number {
    return this.#total
  }

  /** @returns false when the connection must be closed at once; nothing was counted then */
  admit(address: string): boolean {
    const ofAddress = this.#pendingOf.get(address) ?? 0
    if (this.#total >= TOTAL_MAX || this.#pending >= PENDING_MAX || ofAddress >= PENDING_OF_ADDRESS_MAX) return false
    this.#total++
    this.#pending++
    this.#pendingOf.set(address, ofAddress + 1)
    return true
  }

  /** It has shown a credential, or has ended before. Call once for each admitted. */
  known(address: string): void {
    this.#pending--
    const left = (this.#pendingOf.get(address) ?? 1) - 1
    if (left > 0) this.#pendingOf.set(address, left)
    else this.#pendingOf.delete(address)
  }

  ended(): void {
    this.#total--
  }
}
