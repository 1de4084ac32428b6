import { readFileSync } from 'node:fs'
import { assert } from '../../domain/fault.ts'
import type { Footage, FootagePicture } from './clip.ts'
import { FRAMES_PER_SECOND } from './clip.ts'
import { splitAnnexB } from './h264/bits.ts'
import { packetiseH265 } from './rtp/packetise-h265.ts'

const SETS = { 32: 'vps', 33: 'sps', 34: 'pps' } as const

/** An H.265 clip as any encoder makes it: it is played as it is, without a caption. One slice a picture. */
export function loadH265Clip(path: string): Footage {
  const bytes = readFileSync(path)
  const sets: Partial<Record<'vps' | 'sps' | 'pps', Buffer>> = {}
  const slices: Buffer[] = []
  for (const nal of splitAnnexB(bytes)) {
    const type = typeOf(nal)
    if (type in SETS) sets[SETS[type as keyof typeof SETS]] = nal
    else if (type < 32) slices.push(nal)
  }
  const { vps, sps, pps } = sets
  assert(vps && sps && pps, `${path}: no parameter sets`)
  const pictures = slices.map((slice): FootagePicture => {
    const isKey = typeOf(slice) >= 16
    const before = isKey ? packetiseH265([vps, sps, pps], false) : null
    return { isKey, before, after: packetiseH265([slice], true) }
  })
  assert(pictures[0]?.isKey, `${path}: does not begin with a key picture`)
  const bitrateBps = Math.round((bytes.length * 8 * FRAMES_PER_SECOND) / pictures.length)
  const base64 = (set: Buffer) => set.toString('base64')
  const format = `sprop-vps=${base64(vps)};sprop-sps=${base64(sps)};sprop-pps=${base64(pps)}`
  return { encoding: 'H265', format, pictures, bitrateBps }
}

function typeOf(nal: Buffer): number {
  return (nal[0]! >> 1) & 63
}
