import { printable } from '../../domain/printable.ts'
import type { VideoCodec } from '../rtp/parameter-sets.ts'
import type { AudioMedia } from './audio-media.ts'
import { audioMediaOf } from './audio-media.ts'

/** SDP (RFC 8866), as far as a camera's video and sound need it. */
export interface VideoMedia {
  codec: 'H264' | 'H265' | 'other'
  /** As the camera wrote it, in capitals, printable: `H264`, `JPEG`, `MP4V-ES`. */
  encoding: string
  payloadType: number
  clockHz: number
  /** `a=control` of the media, as written; null: the session's own. */
  control: string | null
  /** From `sprop-parameter-sets` (RFC 6184) or `sprop-vps`, `-sps`, `-pps` (RFC 7798), decoded; may be missing or wrong. */
  parameterSets: Buffer[]
}

export type PlayableVideo = VideoMedia & { codec: VideoCodec }

export function isPlayable(video: VideoMedia): video is PlayableVideo {
  return video.codec !== 'other'
}

export interface SessionDescription {
  control: string | null
  videos: VideoMedia[]
  /** The first sound that can be passed on. */
  audio: AudioMedia | null
  /** How many m= lines of any kind there were. */
  medias: number
}

/** A camera describes a handful of streams; thousands of lines are not an SDP. */
const LINES_MAX = 1000

export function parseSessionDescription(text: string): SessionDescription {
  const description: SessionDescription = { control: null, videos: [], audio: null, medias: 0 }
  let media: { kind: string; formats: number[]; lines: string[] } | null = null
  const close = () => {
    const video = media?.kind === 'video' ? videoOf(media.formats, media.lines) : null
    if (video) description.videos.push(video)
    if (media?.kind === 'audio') description.audio ??= audioOf(media.formats, media.lines)
  }
  for (const raw of text.split(/\r\n|\r|\n/).slice(0, LINES_MAX)) {
    const line = raw.trim()
    if (line.startsWith('m=')) {
      close()
      const [kind = '', , , ...formats] = line.slice(2).split(/\s+/)
      media = { kind: kind.toLowerCase(), formats: formats.map(Number), lines: [] }
      description.medias++
    } else if (media) media.lines.push(line)
    else if (line.startsWith('a=control:')) description.control = line.slice(10).trim()
  }
  close()
  return description
}

function videoOf(formats: number[], lines: string[]): VideoMedia | null {
  const payloadType = formats.find(isPayloadType)
  if (payloadType === undefined) return null
  const [encoding = '', clock = ''] = ofFormat(lines, 'rtpmap', payloadType).split('/')
  const name = printable(encoding.toUpperCase()) || (payloadType === 26 ? 'JPEG' : 'unknown')
  return {
    codec: name === 'H264' ? 'H264' : name === 'H265' || name === 'HEVC' ? 'H265' : 'other',
    encoding: name,
    payloadType,
    clockHz: Number(clock) > 0 ? Number(clock) : 90_000,
    control: controlOf(lines),
    parameterSets: parameterSetsOf(ofFormat(lines, 'fmtp', payloadType)),
  }
}

function audioOf(formats: number[], lines: string[]): AudioMedia | null {
  for (const payloadType of formats.filter(isPayloadType)) {
    const rtpmap = ofFormat(lines, 'rtpmap', payloadType)
    const audio = audioMediaOf(payloadType, rtpmap, ofFormat(lines, 'fmtp', payloadType), controlOf(lines))
    if (audio) return audio
  }
  return null
}

function isPayloadType(format: number): boolean {
  return Number.isInteger(format) && format >= 0 && format <= 127
}

function controlOf(lines: string[]): string | null {
  const line = lines.find((text) => text.startsWith('a=control:'))
  return line === undefined ? null : line.slice('a=control:'.length).trim()
}

/** What an attribute says of one payload type; empty when it says nothing. */
function ofFormat(lines: string[], name: string, payloadType: number): string {
  const line = lines.find((text) => new RegExp(`^a=${name}:\\s*${payloadType}\\s`).test(text))
  return line?.replace(/^a=[a-z]+:\s*\d+\s+/, '') ?? ''
}

function parameterSetsOf(fmtp: string): Buffer[] {
  const values = [...fmtp.matchAll(/(?:^|;)\s*sprop-(?:parameter-sets|vps|sps|pps)\s*=\s*([^;]*)/gi)]
  return values
    .flatMap((match) => match[1]!.split(','))
    .slice(0, 16)
    .map((text) => Buffer.from(text.trim(), 'base64'))
    .filter((nal) => nal.length >= 4 && nal.length <= 4096)
}

/**
 * The address to SETUP or PLAY. `Content-Base` and controls are strings to cameras, not URLs: joined, never normalised.
 * @param base `Content-Base`, `Content-Location` or the address of the DESCRIBE
 */
export function controlTarget(base: string, control: string | null): string {
  if (control === null || control === '' || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  return base.endsWith('/') || control.startsWith('?') ? base + control : `${base}/${control}`
}
