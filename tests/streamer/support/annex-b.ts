import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One picture with its parameter sets, SEI and slices, without start codes. */
export interface Picture {
  nals: Buffer[]
  isKey: boolean
}

/** Cuts an Annex B file into pictures. Written apart from the streamer, so that its mistakes cannot hide there. */
export function readPictures(file: string): Picture[] {
  const path = fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url))
  return picturesOf(nalsOf(readFileSync(path)))
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

function picturesOf(nals: Buffer[]): Picture[] {
  const pictures: Picture[] = []
  let waiting: Buffer[] = []
  for (const nal of nals) {
    const type = nal[0]! & 31
    if (type !== 1 && type !== 5) {
      waiting.push(nal)
      continue
    }
    const isFirstSlice = (nal[1]! & 0x80) !== 0
    if (isFirstSlice || waiting.length > 0) pictures.push({ nals: [...waiting, nal], isKey: type === 5 })
    else pictures.at(-1)!.nals.push(nal)
    waiting = []
  }
  return pictures
}
