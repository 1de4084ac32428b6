import type { SimulatedCamera } from '../camera.ts'
import { soundTrack } from '../sound/sound-track.ts'
import type { Footage } from '../clip.ts'
import { FRAMES_PER_SECOND } from '../clip.ts'
import { PAYLOAD_TYPE } from '../rtp/packetise.ts'

/** SDP (RFC 4566) of a camera's video track, parameters as in RFC 6184 §8.2.1 and RFC 7798 §7.1, and of its sound. */
export function describeSession(
  { name, sound }: Pick<SimulatedCamera, 'name' | 'sound'>,
  clip: Footage,
  sessionNumber: number,
): string {
  return [
    'v=0',
    `o=- ${sessionNumber} 1 IN IP4 127.0.0.1`,
    `s=${name.replaceAll(/[\r\n]/g, ' ')}`,
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    `b=AS:${Math.ceil(clip.bitrateBps / 1000)}`,
    `a=rtpmap:${PAYLOAD_TYPE} ${clip.encoding}/90000`,
    `a=fmtp:${PAYLOAD_TYPE} ${clip.format}`,
    `a=framerate:${FRAMES_PER_SECOND}`,
    'a=control:track1',
    ...(sound ? [...soundTrack(sound).lines, 'a=control:track2'] : []),
    '',
  ].join('\r\n')
}

export type Transport =
  { kind: 'tcp'; rtpChannel: number; rtcpChannel: number } | { kind: 'udp'; rtpPort: number; rtcpPort: number }

/** The first alternative of a `Transport` header that we can serve; null for none (461). */
export function chooseTransport(header: string): Transport | null {
  for (const alternative of header.split(',')) {
    const [protocol = '', ...parameters] = alternative.trim().split(';')
    const pair = (name: string): [number, number] | null => {
      const match = parameters
        .map((p) => new RegExp(`^${name}=(\\d{1,5})(?:-(\\d{1,5}))?$`).exec(p.trim()))
        .find(Boolean)
      return match ? [Number(match[1]), Number(match[2] ?? Number(match[1]) + 1)] : null
    }
    if (parameters.some((p) => p.trim() === 'multicast')) continue
    if (/^RTP\/AVP\/TCP$/i.test(protocol)) {
      const [rtpChannel, rtcpChannel] = pair('interleaved') ?? [0, 1]
      if (rtpChannel <= 255 && rtcpChannel <= 255) return { kind: 'tcp', rtpChannel, rtcpChannel }
    } else if (/^RTP\/AVP(\/UDP)?$/i.test(protocol)) {
      const ports = pair('client_port')
      if (ports && ports[0] > 0 && ports[1] <= 65_535) return { kind: 'udp', rtpPort: ports[0], rtcpPort: ports[1] }
    }
  }
  return null
}
