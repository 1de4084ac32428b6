/** SDP (RFC 8866), as far as a camera's video needs it. */
export interface VideoMedia {
  codec: 'H264' | 'H265' | 'other'
  /** As the camera wrote it: `H264`, `JPEG`, `MP4V-ES`. */
  encoding: string
  payloadType: number
  clockHz: number
  /** `a=control` of the media, as written; null: the session's own. */
  control: string | null
  /** SPS and PPS from `sprop-parameter-sets`, decoded; may be missing or wrong. */
  parameterSets: Buffer[]
}

export interface SessionDescription {
  control: string | null
  videos: VideoMedia[]
  /** How many m= lines of any kind there were. */
  medias: number
}

/** A camera describes a handful of streams; thousands of lines are not an SDP. */
const LINES_MAX = 1000

export function parseSessionDescription(text: string): SessionDescription {
  const description: SessionDescription = { control: null, videos: [], medias: 0 }
  let media: { kind: string; formats: number[]; lines: string[] } | null = null
  const close = () => {
    const video = media?.kind === 'video' ? videoOf(media.formats, media.lines) : null
    if (video) description.videos.push(video)
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
  const payloadType = formats.find((format) => Number.isInteger(format) && format >= 0 && format <= 127)
  if (payloadType === undefined) return null
  const attribute = (name: string) =>
    lines
      .find((line) => line.startsWith(`a=${name}:`))
      ?.slice(name.length + 3)
      .trim()
  const ofFormat = (name: string) => {
    const line = lines.find((l) => new RegExp(`^a=${name}:\\s*${payloadType}\\s`).test(l))
    return line?.replace(/^a=[a-z]+:\s*\d+\s+/, '') ?? ''
  }
  const [encoding = '', clock = ''] = ofFormat('rtpmap').split('/')
  const name = encoding.toUpperCase() || (payloadType === 26 ? 'JPEG' : 'unknown')
  return {
    codec: name === 'H264' ? 'H264' : name === 'H265' || name === 'HEVC' ? 'H265' : 'other',
    encoding: name,
    payloadType,
    clockHz: Number(clock) > 0 ? Number(clock) : 90_000,
    control: attribute('control') ?? null,
    parameterSets: parameterSetsOf(ofFormat('fmtp')),
  }
}

function parameterSetsOf(fmtp: string): Buffer[] {
  const value = /(?:^|;)\s*sprop-parameter-sets\s*=\s*([^;]*)/i.exec(fmtp)?.[1] ?? ''
  return value
    .split(',')
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
