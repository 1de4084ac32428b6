import type { Clock } from '../../../domain/clock.ts'
import { stableNumber, type SimulatedCamera } from '../camera.ts'
import type { Scene } from '../clip-library.ts'

/** What one camera is asked about over ONVIF, and where it looks now. */
export interface PtzPosition {
  pan: number
  tilt: number
  zoom: number
}

export const PRESETS: readonly { token: string; name: string; position: PtzPosition }[] = [
  { token: 'preset-1', name: '全景', position: { pan: 0, tilt: 0, zoom: 0 } },
  { token: 'preset-2', name: '大门', position: { pan: -0.4, tilt: -0.2, zoom: 0.4 } },
  { token: 'preset-3', name: '路口', position: { pan: 0.5, tilt: -0.1, zoom: 0.2 } },
  { token: 'preset-4', name: '停车场', position: { pan: 0.9, tilt: -0.3, zoom: 0.6 } },
]

/** A camera that got no stop and no time-out stops by itself: ONVIF's default of ten seconds. */
const MOVE_MS_DEFAULT = 10_000
/** Full speed goes from end to end of the range in four seconds. */
const RANGE_PER_SECOND = 0.5

export class OnvifCamera {
  readonly camera: SimulatedCamera
  readonly scene: Scene
  readonly #clock: Clock
  #from: PtzPosition = { pan: 0, tilt: 0, zoom: 0 }
  #speed: PtzPosition = { pan: 0, tilt: 0, zoom: 0 }
  #sinceMs = 0
  #untilMs = 0

  constructor(camera: SimulatedCamera, scene: Scene, clock: Clock) {
    this.camera = camera
    this.scene = scene
    this.#clock = clock
  }

  get serial(): string {
    return stableNumber(this.camera.id).toString(16).padStart(8, '0')
  }

  position(): PtzPosition & { isMoving: boolean } {
    const nowMs = this.#clock.monotonicMs()
    const spentS = (Math.min(nowMs, this.#untilMs) - this.#sinceMs) / 1000
    const along = (from: number, speed: number, least: number) =>
      Math.max(least, Math.min(1, from + speed * RANGE_PER_SECOND * Math.max(0, spentS)))
    return {
      pan: along(this.#from.pan, this.#speed.pan, -1),
      tilt: along(this.#from.tilt, this.#speed.tilt, -1),
      zoom: along(this.#from.zoom, this.#speed.zoom, 0),
      isMoving: nowMs < this.#untilMs,
    }
  }

  move(speed: PtzPosition, durationMs: number | null): void {
    this.#from = this.position()
    this.#speed = speed
    this.#sinceMs = this.#clock.monotonicMs()
    this.#untilMs = this.#sinceMs + (durationMs ?? MOVE_MS_DEFAULT)
  }

  stop(): void {
    this.goto(this.position())
  }

  goto(position: PtzPosition): void {
    this.#from = position
    this.#untilMs = this.#sinceMs
    this.#speed = { pan: 0, tilt: 0, zoom: 0 }
  }
}
