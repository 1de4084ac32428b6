import { readFileSync } from 'node:fs'
import { assetPath } from '../asset-path.ts'
import type { SimulatedSound } from '../camera.ts'
import { aLawOf } from './a-law.ts'
import { streetSound } from './street-sound.ts'

/** A camera's sound, ready for the wire: the same packets again and again. */
export interface SoundTrack {
  /** Lines of the session description, without `a=control`. */
  lines: string[]
  payloadType: number
  rateHz: number
  packetSamples: number
  payloads: Buffer[]
}

const tracks = new Map<SimulatedSound, SoundTrack>()

/** Made when a camera first has it; 64 KB, shared by all of them. */
export function soundTrack(kind: SimulatedSound): SoundTrack {
  const track = tracks.get(kind) ?? (kind === 'g711' ? g711Track() : aacTrack())
  tracks.set(kind, track)
  return track
}

/** A-law in packets of 40 ms, as most cameras send it. */
function g711Track(): SoundTrack {
  const rateHz = 8_000
  const packetSamples = 320
  const codes = Buffer.from(Array.from(streetSound(rateHz), aLawOf))
  const payloads: Buffer[] = []
  for (let at = 0; at < codes.length; at += packetSamples) payloads.push(codes.subarray(at, at + packetSamples))
  return { lines: ['m=audio 0 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000'], payloadType: 8, rateHz, packetSamples, payloads }
}

/** AAC-LC, 16 kHz, one channel, from the file beside the clips; one frame a packet (RFC 3640, AAC-hbr). */
function aacTrack(): SoundTrack {
  const file = readFileSync(assetPath('clips/street.aac'))
  const payloads: Buffer[] = []
  // ADTS: seven bytes of header, its thirteen bits of length count them too.
  for (let at = 0; at + 7 <= file.length;) {
    const size = (file.readUIntBE(at + 3, 3) >> 5) & 0x1fff
    const frame = file.subarray(at + 7, at + size)
    const heads = Buffer.alloc(4)
    heads.writeUInt16BE(16, 0)
    heads.writeUInt16BE(frame.length << 3, 2)
    payloads.push(Buffer.concat([heads, frame]))
    at += size
  }
  const format =
    'streamtype=5;profile-level-id=15;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408'
  return {
    lines: ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/16000/1', `a=fmtp:97 ${format}`],
    payloadType: 97,
    rateHz: 16_000,
    packetSamples: 1024,
    payloads,
  }
}
