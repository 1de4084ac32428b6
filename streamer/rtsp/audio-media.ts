import type { G711Law } from '../audio/g711.ts'

/** The sound of a camera, as its session description has it. */
export interface AudioMedia {
  codec: 'AAC' | G711Law
  payloadType: number
  clockHz: number
  channels: number
  /** `a=control` of the media, as written. */
  control: string | null
  /** AudioSpecificConfig; empty for G.711. */
  configuration: Buffer
}

const AAC_LC = 2
const AAC_RATES_HZ = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000]
/** Payload types that need no `rtpmap` (RFC 3551). */
const STATIC_TYPES: Partial<Record<number, string>> = { 0: 'PCMU/8000', 8: 'PCMA/8000' }

/**
 * @param rtpmap `mpeg4-generic/16000/1`, or empty
 * @param fmtp format parameters, or empty
 * @returns null for sound that is not passed on: other codecs, other modes, more than two channels
 */
export function audioMediaOf(
  payloadType: number,
  rtpmap: string,
  fmtp: string,
  control: string | null,
): AudioMedia | null {
  const [encoding = '', clock = '', channelWord = '1'] = (rtpmap || STATIC_TYPES[payloadType] || '').split('/')
  const clockHz = Number(clock)
  const channels = Number(channelWord)
  const name = encoding.toUpperCase()
  if (name === 'PCMA' || name === 'PCMU') {
    const isKnown = channels === 1 && clockHz >= 8_000 && clockHz <= 48_000
    return isKnown ? { codec: name, payloadType, clockHz, channels, control, configuration: Buffer.alloc(0) } : null
  }
  if (name !== 'MPEG4-GENERIC') return null
  const value = (word: string) => new RegExp(`(?:^|;)\\s*${word}\\s*=\\s*([^;\\s]*)`, 'i').exec(fmtp)?.[1] ?? ''
  const isHbr = value('sizelength') === '13' && value('indexlength') === '3' && value('indexdeltalength') === '3'
  const media = aacMediaOf(payloadType, Buffer.from(value('config').slice(0, 32), 'hex'), control)
  return isHbr && media?.clockHz === clockHz ? media : null
}

/**
 * AAC by its configuration alone.
 * @returns null for what is not AAC-LC in one or two channels, up to 48 kHz
 */
export function aacMediaOf(payloadType: number, configuration: Buffer, control: string | null): AudioMedia | null {
  const described = describedBy(configuration)
  if (!described) return null
  return {
    codec: 'AAC',
    payloadType,
    clockHz: described.rateHz,
    channels: described.channels,
    control,
    configuration: configuration.subarray(0, 16),
  }
}

/** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1): 5 bits of object type, 4 of rate, 4 of channels, then the frame length flag. */
function describedBy(configuration: Buffer): { rateHz: number; channels: number } | null {
  if (configuration.length < 2) return null
  const word = configuration.readUInt16BE(0)
  const rateHz = AAC_RATES_HZ[(word >> 7) & 15]
  const channels = (word >> 3) & 15
  const hasShortFrames = (word & 4) !== 0
  // The sample entry has sixteen bits for the rate.
  if (word >> 11 !== AAC_LC || !rateHz || rateHz > 48_000 || hasShortFrames) return null
  return channels === 1 || channels === 2 ? { rateHz, channels } : null
}
