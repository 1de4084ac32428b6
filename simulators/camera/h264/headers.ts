import { Fault } from '../../../domain/fault.ts'
import { BitReader, BitWriter } from './bits.ts'

/** The few fields of parameter sets and slice headers (ITU-T H.264 §7.3) that putting our own slice into a picture needs. */
export interface StreamHeaders {
  profileLevel: string
  widthMbs: number
  heightMbs: number
  widthPx: number
  heightPx: number
  frameNumBits: number
}

const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128]

/** @throws Fault `internal` for streams that the strip cannot be put into (only what our own encoder settings make is read) */
export function readSps(nal: Buffer): StreamHeaders {
  const reader = new BitReader(nal)
  const profile = reader.bits(8)
  reader.bits(16)
  if (HIGH_PROFILES.includes(profile)) throw new Fault('internal', 'the clip is not in baseline profile', { profile })
  reader.ue()
  const frameNumBits = reader.ue() + 4
  const pocType = reader.ue()
  if (pocType !== 2) throw new Fault('internal', 'the clip does not use picture order type 2', { pocType })
  reader.ue()
  reader.bits(1)
  const widthMbs = reader.ue() + 1
  const heightMbs = reader.ue() + 1
  if (reader.bits(1) !== 1) throw new Fault('internal', 'the clip is interlaced')
  reader.bits(1)
  let widthPx = widthMbs * 16
  let heightPx = heightMbs * 16
  if (reader.bits(1) === 1) {
    widthPx -= 2 * (reader.ue() + reader.ue())
    heightPx -= 2 * (reader.ue() + reader.ue())
  }
  const profileLevel = nal.subarray(1, 4).toString('hex').toUpperCase()
  return { profileLevel, widthMbs, heightMbs, widthPx, heightPx, frameNumBits }
}

export interface SliceStart {
  nalHeader: number
  isKey: boolean
  firstMacroblock: number
  frameNum: number
  idrPicId: number
}

export function readSliceStart(nal: Buffer, stream: StreamHeaders): SliceStart {
  const reader = new BitReader(nal, 32)
  const nalHeader = nal[0]!
  const isKey = (nalHeader & 31) === 5
  const firstMacroblock = reader.ue()
  reader.ue()
  reader.ue()
  const frameNum = reader.bits(stream.frameNumBits)
  return { nalHeader, isKey, firstMacroblock, frameNum, idrPicId: isKey ? reader.ue() : 0 }
}

/**
 * Begins a slice that belongs to the same picture as `start`: all-intra in a key picture, else a P slice.
 * The clips use parameter set 0 with pic_init_qp 26; deblocking is off inside the strip, which keeps its flat parts exact.
 */
export function beginSlice(start: SliceStart, stream: StreamHeaders, qp: number, firstMacroblock = 0): BitWriter {
  const out = new BitWriter()
  out.ue(firstMacroblock)
  out.ue(start.isKey ? 7 : 5)
  out.ue(0)
  out.write(start.frameNum, stream.frameNumBits)
  if (start.isKey) out.ue(start.idrPicId)
  else {
    out.write(0, 1) // num_ref_idx_active_override_flag
    out.write(0, 1) // ref_pic_list_modification_flag_l0
  }
  // dec_ref_pic_marking: no_output_of_prior_pics and long_term_reference, or adaptive_ref_pic_marking_mode
  out.write(0, start.isKey ? 2 : 1)
  out.se(qp - 26)
  out.ue(1) // disable_deblocking_filter_idc
  return out
}
