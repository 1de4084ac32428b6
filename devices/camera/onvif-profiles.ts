/** A media profile, as much of it as we choose by. */
export interface OnvifProfile {
  token: string
  name: string
  encoding: string
  widthPx: number
  heightPx: number
  hasPtz: boolean
}

/** Below this a tile of a 3×3 wall on 1080p is visibly coarse. */
const WALL_WIDTH_MIN_PX = 600

/** What the library has parsed from a camera, which may be anything. Profiles without a video encoder are left out. */
export function readProfiles(answer: unknown): OnvifProfile[] {
  if (!Array.isArray(answer)) return []
  return answer.flatMap((raw: unknown) => {
    const profile = objectOf(raw)
    const encoder = objectOf(profile['videoEncoderConfiguration'])
    const token = objectOf(profile['$'])['token'] ?? profile['token']
    const resolution = objectOf(encoder['resolution'])
    if ((typeof token !== 'string' && typeof token !== 'number') || encoder['encoding'] === undefined) return []
    return [
      {
        token: String(token),
        name: textOf(profile['name']) ?? String(token),
        encoding: (textOf(encoder['encoding']) ?? '').toUpperCase().replace(/[^A-Z0-9]/g, ''),
        widthPx: Number(resolution['width']) || 0,
        heightPx: Number(resolution['height']) || 0,
        hasPtz: profile['PTZConfiguration'] !== undefined,
      },
    ]
  })
}

/**
 * The sub-stream for the wall: the smallest H.264 one that is wide enough, else the widest H.264; of a camera that has none, such an
 * H.265 one. H.264 first because every desk can show it. Null without either.
 */
export function chooseProfile(profiles: readonly OnvifProfile[]): OnvifProfile | null {
  const choose = (encodings: readonly string[]) => {
    const playable = profiles
      .filter(({ encoding }) => encodings.includes(encoding))
      .sort((a, b) => a.widthPx - b.widthPx)
    return playable.find(({ widthPx }) => widthPx >= WALL_WIDTH_MIN_PX) ?? playable.at(-1) ?? null
  }
  return choose(['H264']) ?? choose(['H265', 'HEVC'])
}

/** One of more pictures than a desk's screen has is not taken: 4K is decoded by few of them. */
const MAIN_WIDTH_MAX_PX = 2_600

/** The larger stream for a picture that fills a screen, in the codec of the smaller one or in H.264. Null where the camera has none. */
export function chooseMain(profiles: readonly OnvifProfile[], sub: OnvifProfile): OnvifProfile | null {
  const larger = profiles
    .filter(({ encoding }) => encoding === 'H264' || encoding === sub.encoding)
    .filter(({ widthPx }) => widthPx > sub.widthPx && widthPx <= MAIN_WIDTH_MAX_PX)
    .sort((a, b) => a.widthPx - b.widthPx)
  return larger.at(-1) ?? null
}

/** A place where the camera was told to look, by the installer's name. */
export interface OnvifPreset {
  token: string
  name: string | null
}

/** Cameras have room for 300 at most; a list on a tile is read to its end only while it is short. */
const PRESETS_MAX = 300

/** What the library has parsed of GetPresets: an object by token. */
export function readPresets(answer: unknown): OnvifPreset[] {
  return Object.entries(objectOf(answer))
    .slice(0, PRESETS_MAX)
    .flatMap(([token, raw]) =>
      // Longer than an order may carry: it could not be chosen.
      token.length === 0 || token.length > 64 ? [] : [{ token, name: textOf(objectOf(raw)['name']) }],
    )
}

/** ONVIF's generic space: pan and tilt −1 to 1 over the range of the camera, zoom 0 to 1. */
export interface PtzPosition {
  pan: number
  tilt: number
  zoom: number
}

/** What the library has parsed of GetStatus. Null: no position in it. */
export function readPosition(answer: unknown): PtzPosition | null {
  const position = objectOf(objectOf(answer)['position'])
  const [pan, tilt, zoom] = [position['x'], position['y'], position['zoom']].map(Number)
  const isPosition = [pan, tilt, zoom].every((value) => Number.isFinite(value) && Math.abs(value!) <= 1)
  return isPosition ? { pan: pan!, tilt: tilt!, zoom: zoom! } : null
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 120) : null
}
