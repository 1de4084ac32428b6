/** Reads fragmented MP4 the long way round: an oracle for what the streamer writes. */
export interface Box {
  type: string
  body: Buffer
}

export function boxesOf(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    if (size < 8 || at + size > bytes.length) throw new Error(`a box of ${size} bytes does not fit at ${at}`)
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) })
    at += size
  }
  return boxes
}

export function boxAt(bytes: Buffer, ...path: string[]): Buffer {
  let body = bytes
  for (const type of path) {
    const found = boxesOf(body).find((box) => box.type === type)
    if (!found) throw new Error(`no ${type} in ${boxesOf(body).map((box) => box.type)}`)
    body = found.body
  }
  return body
}

export interface Sample {
  dtsTicks: number
  durationTicks: number
  offsetTicks: number
  isKey: boolean
  nals: Buffer[]
}

/** All samples of one or more moof+mdat pairs. */
export function samplesOf(bytes: Buffer): Sample[] {
  const samples: Sample[] = []
  const boxes = boxesOf(bytes)
  for (let i = 0; i + 1 < boxes.length; i += 2) {
    const [moof, mdat] = [boxes[i]!, boxes[i + 1]!]
    if (moof.type !== 'moof' || mdat.type !== 'mdat') throw new Error(`${moof.type} ${mdat.type}`)
    const [traf, soundTraf] = boxesOf(moof.body)
      .filter((box) => box.type === 'traf')
      .map((box) => box.body)
    if (!traf) throw new Error('no traf')
    let dtsTicks = Number(boxAt(traf, 'tfdt').readBigUInt64BE(4))
    const trun = boxAt(traf, 'trun')
    const hasOffsets = (trun.readUInt32BE(0) & 0x800) !== 0
    if (trun.readUInt32BE(8) !== moof.body.length + 16) throw new Error('the data offset does not point into mdat')
    let at = 12
    let from = 0
    for (let n = trun.readUInt32BE(4); n > 0; n--) {
      const durationTicks = trun.readUInt32BE(at)
      const size = trun.readUInt32BE(at + 4)
      const isKey = (trun.readUInt32BE(at + 8) & 0x10000) === 0
      const offsetTicks = hasOffsets ? trun.readInt32BE(at + 12) : 0
      at += hasOffsets ? 16 : 12
      samples.push({
        dtsTicks,
        durationTicks,
        offsetTicks,
        isKey,
        nals: avccNals(mdat.body.subarray(from, from + size)),
      })
      from += size
      dtsTicks += durationTicks
    }
    if (soundTraf) from += soundSizes(soundTraf).reduce((sum, size) => sum + size, 0)
    if (from !== mdat.body.length) throw new Error(`samples fill ${from} of ${mdat.body.length} bytes`)
  }
  return samples
}

function avccNals(bytes: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    if (size === 0 || at + 4 + size > bytes.length) throw new Error(`a NAL unit of ${size} bytes at ${at}`)
    nals.push(bytes.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return nals
}

function soundSizes(traf: Buffer): number[] {
  const trun = boxAt(traf, 'trun')
  return Array.from({ length: trun.readUInt32BE(4) }, (_, i) => trun.readUInt32BE(12 + i * 8 + 4))
}

export interface SoundFrame {
  atSamples: number
  lastsSamples: number
  bytes: Buffer
}

/** The frames of the second track. */
export function soundOf(bytes: Buffer): SoundFrame[] {
  const frames: SoundFrame[] = []
  const boxes = boxesOf(bytes)
  for (let i = 0; i + 1 < boxes.length; i += 2) {
    const moof = boxes[i]!.body
    const traf = boxesOf(moof).filter((box) => box.type === 'traf')[1]?.body
    if (!traf) continue
    if (boxAt(traf, 'tfhd').readUInt32BE(4) !== 2) throw new Error('the second track is not track 2')
    const trun = boxAt(traf, 'trun')
    let atSamples = Number(boxAt(traf, 'tfdt').readBigUInt64BE(4))
    let from = trun.readUInt32BE(8) - moof.length - 16
    soundSizes(traf).forEach((size, n) => {
      const lastsSamples = trun.readUInt32BE(12 + n * 8)
      frames.push({ atSamples, lastsSamples, bytes: boxes[i + 1]!.body.subarray(from, from + size) })
      atSamples += lastsSamples
      from += size
    })
  }
  return frames
}
