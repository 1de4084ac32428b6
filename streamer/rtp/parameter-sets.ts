import { readSps } from './h264-parameters.ts'
import type { SpsFacts } from './h264-parameters.ts'

/** Streams use one or two; a camera that counts its ids up must not fill the init section. */
const SETS_MAX = 8
const SET_BYTES_MAX = 4096
/** The byte in which a set's id (ue) begins; ids over 6 share their slot by that byte. */
const SPS_ID_AT = 4
const PPS_ID_AT = 1

/** The SPS and PPS in force, from `sprop-parameter-sets` and in band; the newest of each id wins. */
export class ParameterSets {
  readonly counts = { unreadable: 0 }
  #sps = new Map<number, Buffer>()
  #pps = new Map<number, Buffer>()
  #facts: SpsFacts | null = null
  #version = 0

  /** Grows when anything a decoder must know has changed. */
  get version(): number {
    return this.#version
  }
  get facts(): SpsFacts | null {
    return this.#facts
  }
  get isComplete(): boolean {
    return this.#facts !== null && this.#pps.size > 0
  }
  get spsList(): Buffer[] {
    return [...this.#sps.values()]
  }
  get ppsList(): Buffer[] {
    return [...this.#pps.values()]
  }

  /** @param nal with its header byte; copied when it is new */
  add(nal: Buffer): void {
    if (nal.length < 2 || nal.length > SET_BYTES_MAX) {
      this.counts.unreadable++
      return
    }
    if ((nal[0]! & 0x1f) === 7) this.#addSps(nal)
    else if ((nal[0]! & 0x1f) === 8 && !this.#isKnown(this.#pps, nal, PPS_ID_AT)) this.#keep(this.#pps, nal, PPS_ID_AT)
  }

  #addSps(nal: Buffer): void {
    if (this.#isKnown(this.#sps, nal, SPS_ID_AT)) return
    const facts = readSps(nal)
    if (!facts) this.counts.unreadable++
    else {
      this.#keep(this.#sps, nal, SPS_ID_AT)
      this.#facts = facts
    }
  }

  /** Cameras repeat them with every key frame; that must cost next to nothing. */
  #isKnown(sets: Map<number, Buffer>, nal: Buffer, idAt: number): boolean {
    return sets.get(leadingUe(nal[idAt] ?? 0x80))?.equals(nal) === true
  }

  #keep(sets: Map<number, Buffer>, nal: Buffer, idAt: number): void {
    const id = leadingUe(nal[idAt] ?? 0x80)
    if (!sets.has(id) && sets.size >= SETS_MAX) sets.clear()
    sets.set(id, Buffer.from(nal))
    this.#version++
  }
}

/** An Exp-Golomb number of up to seven bits; longer ones give their byte, which is all a map key needs. */
function leadingUe(byte: number): number {
  const zeros = Math.clz32(byte) - 24
  return zeros > 3 ? 256 + byte : (byte >> (7 - 2 * zeros)) - 1
}
