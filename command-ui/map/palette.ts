import type { PatrolStatus } from '../../domain/patrol.ts'
import type { CameraState } from '../../domain/camera.ts'
import type { Priority } from '../../domain/alarm.ts'

/**
 * Colours and shapes of the map. Grey by default; red belongs to the alarm alone. Every state has a shape beside its colour,
 * so that nothing is told by hue only; the four patrol hues stay apart under deuteranopia (they differ in lightness too).
 */
export const GROUND = '#0f1520'

export const INK = {
  ground: '#0e141e',
  land: '#131c29',
  water: '#0d2238',
  waterEdge: '#1b3c5c',
  waterLabel: '#6f9cc8',
  park: '#142820',
  parkLabel: '#6fa38a',
  built: '#192435',
  industrial: '#191f2d',
  farm: '#141f22',
  commercial: '#1f2c40',
  campus: '#1e2b3d',
  beach: '#24272a',
  rail: '#55627a',
  building: '#243245',
  buildingEdge: '#31435b',
  buildingTall: '#53667f',
  label: '#c3cfde',
  labelQuiet: '#8ea0b6',
  roadLabel: '#93a5bb',
  halo: '#0b111a',
  route: '#56b4e9',
  routeCasing: '#07101a',
  routeOther: '#7d93ad',
} as const

/** Fill of a road by its class, widest first. */
export const ROAD_INK: Record<RoadClass, string> = {
  motorway: '#5a6d88',
  trunk: '#516480',
  primary: '#495b75',
  secondary: '#44566f',
  tertiary: '#3a4b63',
  residential: '#304057',
  service: '#273548',
}
export const ROAD_CLASSES = ['motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential', 'service'] as const
export type RoadClass = (typeof ROAD_CLASSES)[number]

/** Shapes the dot shader can draw; the number is what the shader is given. */
export const SHAPES = { arrow: 0, chevrons: 1, disc: 2, ring: 3, slashed: 4 } as const
export type ShapeName = keyof typeof SHAPES

export interface StatusLook {
  shape: ShapeName
  /** The same shape as one character, for labels and legends. */
  mark: string
  colour: string
}

/** ➤ free · » ordered, accepted, en route · ◉ on scene · ○ off duty · ⊘ out of service */
export const PATROL_LOOK: Record<PatrolStatus, StatusLook> = {
  free: { shape: 'arrow', mark: '➤', colour: '#5ad1b2' },
  ordered: { shape: 'chevrons', mark: '»', colour: '#f2b53c' },
  accepted: { shape: 'chevrons', mark: '»', colour: '#f2b53c' },
  'en-route': { shape: 'chevrons', mark: '»', colour: '#f2b53c' },
  'on-scene': { shape: 'disc', mark: '◉', colour: '#6cb6ff' },
  off: { shape: 'ring', mark: '○', colour: '#8794a6' },
  'out-of-service': { shape: 'slashed', mark: '⊘', colour: '#8794a6' },
}

/** A quiet sand grey that is neither a road nor a patrol. */
export const TAXI_INK = { hired: '#b3a98c', vacant: '#b3a98c', emergency: '#ff4d4f' } as const

export interface CameraLook {
  colour: string
  /** seen: a picture is or can be there at once; dark: it is broken and says why. */
  kind: 'seen' | 'idle' | 'dark'
}

export function cameraLook(state: CameraState, enabled: boolean): CameraLook {
  if (!enabled) return { colour: '#5d6b7e', kind: 'dark' }
  switch (state) {
    case 'online':
      return { colour: '#7fc4d9', kind: 'seen' }
    case 'idle':
    case 'connecting':
      return { colour: '#6d8ca3', kind: 'idle' }
    case 'no-key-frame':
    case 'stalled':
    case 'frozen':
    case 'offline':
    case 'login-refused':
    case 'not-a-camera':
      return { colour: '#8a8f98', kind: 'dark' }
    default: {
      const never: never = state
      return never
    }
  }
}

/** P1 is the only red on the map. */
export const PRIORITY_INK: Record<Priority, string> = { 1: '#ff4d4f', 2: '#f0a030', 3: '#56b4e9', 4: '#a9b6c6' }
export const PRIORITY_MARK: Record<Priority, string> = { 1: '◆', 2: '▲', 3: '●', 4: '○' }

/** Response circles from the inside out: lighter, never red or green. Beyond the third they stay as the last. */
export const CIRCLE_INK = ['#e6f2ff', '#8ec5f4', '#4f86c6'] as const

export function circleInk(rank: number): string {
  return CIRCLE_INK[Math.min(rank, CIRCLE_INK.length - 1)] ?? CIRCLE_INK[0]
}

/** `#rrggbb` → three numbers 0–1. */
export function rgbOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

/** Seconds as officers say them: `45″`, `3′`, `2′10″`. */
export function minutesText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const minutes = Math.floor(whole / 60)
  const rest = whole % 60
  if (minutes === 0) return `${rest}″`
  return rest === 0 ? `${minutes}′` : `${minutes}′${String(rest).padStart(2, '0')}″`
}
