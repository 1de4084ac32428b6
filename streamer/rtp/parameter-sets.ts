import { readSps } from './h264-parameters.ts'
import { h265TypeOf, readH265Sps } from './h265-parameters.ts'
import type { VideoFacts } from './video-facts.ts'
import { SET_BYTES_MAX } from './video-facts.ts'

export type VideoCodec = 'H264' | 'H265'
export type SetKind = 'vps' | 'sps' | 'pps'

/** Streams use one or two; a camera that counts its ids up must not fill the init section. */
const SETS_MAX = 8
const H264_KINDS: Partial<Record<number, SetKind>> = { 7: 'sps', 8: 'pps' }
const H265_KINDS: Partial<Record<number, SetKind>> = { 32: 'vps', 33: 'sps', 34: 'pps' }

/** The parameter sets in force, from the session description and in band; the newest of each id wins. */
export class ParameterSets {
  readonly codec: VideoCodec
  readonly counts = { unreadable: 0 }
  readonly #sets: Record<SetKind, Map<number, Buffer>> = { vps: new Map(), sps: new Map(), pps: new Map() }
  #facts: VideoFacts | null = null
  #version = 0

  constructor(codec: VideoCodec) {
    this.codec = codec
  }

  /** Grows when anything a decoder must know has changed. */
  get version(): number {
    return this.#version
  }
  get facts(): VideoFacts | null {
    return this.#facts
  }
  get isComplete(): boolean {
    const { vps, pps } = this.#sets
    return this.#facts !== null && pps.size > 0 && (this.codec === 'H264' || vps.size > 0)
  }
  list(kind: SetKind): Buffer[] {
    return [...this.#sets[kind].values()]
  }

  /** @param nal with its header; copied when it is new */
  add(nal: Buffer): void {
    const kind = nal.length < 2 || nal.length > SET_BYTES_MAX ? undefined : this.#kindOf(nal)
    if (!kind) {
      this.counts.unreadable++
      return
    }
    if (this.#isKnown(kind, nal)) return
    if (kind === 'sps' && !this.#readFacts(nal)) return
    const sets = this.#sets[kind]
    const id = this.#idOf(kind, nal)
    if (!sets.has(id) && sets.size >= SETS_MAX) sets.clear()
    // The newest stands last: it is the one that facts and codec are told of.
    sets.delete(id)
    sets.set(id, Buffer.from(nal))
    this.#version++
  }

  #kindOf(nal: Buffer): SetKind | undefined {
    return this.codec === 'H264' ? H264_KINDS[nal[0]! & 0x1f] : H265_KINDS[h265TypeOf(nal[0]!)]
  }

  #readFacts(sps: Buffer): boolean {
    const facts = this.codec === 'H264' ? readSps(sps) : readH265Sps(sps)
    if (facts) this.#facts = facts
    else this.counts.unreadable++
    return facts !== null
  }

  /** Cameras repeat them with every key frame; that must cost next to nothing. */
  #isKnown(kind: SetKind, nal: Buffer): boolean {
    for (const known of this.#sets[kind].values()) if (known.equals(nal)) return true
    return false
  }

  #idOf(kind: SetKind, nal: Buffer): number {
    if (this.codec === 'H264') return leadingUe(nal[kind === 'sps' ? 4 : 1] ?? 0x80)
    if (kind === 'vps') return (nal[2] ?? 0) >> 4
    return kind === 'sps' ? readH265Sps(nal)!.id : leadingUe(nal[2] ?? 0x80)
  }
}

/** An Exp-Golomb number of up to seven bits; longer ones give their byte, which is all a map key needs. */
function leadingUe(byte: number): number {
  const zeros = Math.clz32(byte) - 24
  return zeros > 3 ? 256 + byte : (byte >> (7 - 2 * zeros)) - 1
}
