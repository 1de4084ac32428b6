import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One picture with its parameter sets, SEI and slices, without start codes. */
export interface Picture {
  nals: Buffer[]
  isKey: boolean
  codec: 'H264' | 'H265'
}

/** Cuts an Annex B file (`.h264` or `.h265`) into pictures. Written apart from the streamer, so that its mistakes cannot hide there. */
export function readPictures(file: string): Picture[] {
  const path = fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url))
  return picturesOf(nalsOf(readFileSync(path)), file.endsWith('.h265') ? 'H265' : 'H264')
}

export function typeOf(nal: Buffer, codec: Picture['codec']): number {
  return codec === 'H264' ? nal[0]! & 31 : (nal[0]! >> 1) & 63
}

/** Which NAL units are slices, and which of them are of key pictures. */
const SLICES = { H264: [1, 5], H265: Array.from({ length: 32 }, (_, type) => type) }
const KEYS = { H264: [5], H265: [16, 17, 18, 19, 20, 21] }
/** Belong in the init section, or nowhere. */
const NOT_IN_SAMPLES = { H264: [7, 8, 9], H265: [32, 33, 34, 35] }

/** What must be in a sample of this picture. */
export function sampleNals({ nals, codec }: Picture): Buffer[] {
  return nals.filter((nal) => !NOT_IN_SAMPLES[codec].includes(typeOf(nal, codec)))
}

export function nalsOf(bytes: Buffer): Buffer[] {
  const starts: number[] = []
  for (let i = 0; i + 3 <= bytes.length; i++)
    if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1) starts.push(i + 3)
  return starts.map((start, index) => {
    let end = index + 1 < starts.length ? starts[index + 1]! - 3 : bytes.length
    while (end > start && bytes[end - 1] === 0) end--
    return bytes.subarray(start, end)
  })
}

function picturesOf(nals: Buffer[], codec: Picture['codec']): Picture[] {
  const pictures: Picture[] = []
  let waiting: Buffer[] = []
  for (const nal of nals) {
    const type = typeOf(nal, codec)
    if (!SLICES[codec].includes(type)) {
      waiting.push(nal)
      continue
    }
    const isFirstSlice = (nal[codec === 'H264' ? 1 : 2]! & 0x80) !== 0
    if (isFirstSlice || waiting.length > 0) {
      pictures.push({ nals: [...waiting, nal], isKey: KEYS[codec].includes(type), codec })
    } else pictures.at(-1)!.nals.push(nal)
    waiting = []
  }
  return pictures
}
