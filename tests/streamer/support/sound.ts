import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The frames of an ADTS file, without their headers. */
export function readAdts(file: string): Buffer[] {
  const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)))
  const frames: Buffer[] = []
  for (let at = 0; at + 7 <= bytes.length;) {
    const size = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff
    frames.push(bytes.subarray(at + 7, at + size))
    at += size
  }
  return frames
}

/** One packet's payload of RFC 3640, AAC-hbr. */
export function aacPayload(frames: Buffer[]): Buffer {
  const heads = Buffer.alloc(2 + frames.length * 2)
  heads.writeUInt16BE(frames.length * 16, 0)
  frames.forEach((frame, i) => heads.writeUInt16BE(frame.length << 3, 2 + i * 2))
  return Buffer.concat([heads, ...frames])
}

/** G.711 bytes of something between silence, a tone and noise, by a seeded random. */
export function g711Noise(samples: number, random: () => number): Buffer {
  let code = 0xd5
  return Buffer.from(
    Array.from({ length: samples }, (_, i) => {
      const mood = Math.floor(i / 1600) % 4
      if (mood === 0) return 0xd5
      if (mood === 1) return Math.floor(random() * 256)
      code = mood === 2 ? 0xd5 ^ (Math.round(40 + 40 * Math.sin(i / 5)) & 0x7f) : code ^ (random() < 0.1 ? 1 : 0)
      return code
    }),
  )
}

/** An RTCP sender report without report blocks. */
export function senderReport(wallMs: number, rtpTicks: number): Buffer {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt32BE(0x80c80006, 0)
  bytes.writeUInt32BE(Math.floor(wallMs / 1000) + 2_208_988_800, 8)
  bytes.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 0x100000000), 12)
  bytes.writeUInt32BE(rtpTicks >>> 0, 16)
  return bytes
}
