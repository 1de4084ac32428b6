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

/** The H.264 sub-stream for the wall: the smallest one that is wide enough, else the widest. Null without H.264. */
export function chooseProfile(profiles: readonly OnvifProfile[]): OnvifProfile | null {
  const playable = profiles.filter(({ encoding }) => encoding === 'H264').sort((a, b) => a.widthPx - b.widthPx)
  return playable.find(({ widthPx }) => widthPx >= WALL_WIDTH_MIN_PX) ?? playable.at(-1) ?? null
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 120) : null
}
