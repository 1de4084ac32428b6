import { Fault } from '../../domain/fault.ts'

/** What a photo really is, whatever its sender called it, and without what it says about its maker. */
export interface CheckedPhoto {
  type: 'image/jpeg' | 'image/png'
  widthPx: number
  heightPx: number
  bytes: Buffer
}

/** 8K; a picture that unpacks to more would stop the desk that opens it. */
const SIDE_PX_MAX = 8_192
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Chunks of PNG (ISO/IEC 15948 §11) that a picture is made of; text, time and Exif are left out. */
const PNG_KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'sBIT',
  'bKGD',
  'pHYs',
])

/**
 * Reads the bytes as JPEG or PNG by what they begin with. Segments that carry Exif, XMP, comments and other words are dropped: where and by
 * whom a photo was taken is in its row, not hidden in the picture. O(bytes), no decoding.
 * @throws Fault `bad-request` for anything that is neither, or broken
 */
export function checkPhoto(bytes: Buffer): CheckedPhoto {
  if (bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return sized(checkJpeg(bytes))
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return sized(checkPng(bytes))
  throw new Fault('bad-request', 'A photo must be JPEG or PNG.', { begins: bytes.subarray(0, 4).toString('hex') })
}

function sized(photo: CheckedPhoto): CheckedPhoto {
  const { widthPx, heightPx } = photo
  if (widthPx > 0 && heightPx > 0 && widthPx <= SIDE_PX_MAX && heightPx <= SIDE_PX_MAX) return photo
  throw new Fault('bad-request', `A photo has at most ${SIDE_PX_MAX} px on a side.`, { widthPx, heightPx })
}

/** ISO/IEC 10918-1 B.1: `FF marker [length of the rest, big endian, itself included]` up to the scan, then entropy-coded bytes. */
function checkJpeg(bytes: Buffer): CheckedPhoto {
  const kept: Buffer[] = [bytes.subarray(0, 2)]
  let size: { widthPx: number; heightPx: number } | null = null
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1]!
    if (bytes[at] !== 0xff) break
    if (marker === 0xff) {
      at++ // a fill byte
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) break
    // Start of frame, but for DHT, JPG and DAC, which share its range.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame && length >= 7) size = { heightPx: bytes.readUInt16BE(at + 5), widthPx: bytes.readUInt16BE(at + 7) }
    if (marker === 0xda) {
      const isWhole = bytes.indexOf(Buffer.from([0xff, 0xd9]), end) > 0
      if (!size || !isWhole) break
      kept.push(bytes.subarray(at))
      return { type: 'image/jpeg', ...size, bytes: Buffer.concat(kept) }
    }
    if (isPicture(marker)) kept.push(bytes.subarray(at, end))
    at = end
  }
  throw new Fault('bad-request', 'This JPEG is broken.')
}

/** APP0 (JFIF), APP2 (colour profile) and APP14 (Adobe's colour transform) say how to show it; other APPn and COM do not. */
function isPicture(marker: number): boolean {
  const isWords = (marker >= 0xe1 && marker <= 0xef && marker !== 0xe2 && marker !== 0xee) || marker === 0xfe
  return !isWords
}

function checkPng(bytes: Buffer): CheckedPhoto {
  const kept: Buffer[] = [PNG_SIGNATURE]
  let size: { widthPx: number; heightPx: number } | null = null
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const end = at + 12 + length
    if (end > bytes.length) break
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'IHDR' && length === 13) {
      size = { widthPx: bytes.readUInt32BE(at + 8), heightPx: bytes.readUInt32BE(at + 12) }
    }
    if (PNG_KEPT.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND' && size) return { type: 'image/png', ...size, bytes: Buffer.concat(kept) }
    at = end
  }
  throw new Fault('bad-request', 'This PNG is broken.')
}
