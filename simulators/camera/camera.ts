import { createHash } from 'node:crypto'

/** One simulated camera, as the farm is asked for it. */
export interface SimulatedCamera {
  id: string
  /** Shown in the picture. */
  name: string
  /** Name of a clip; absent or unknown: chosen by the id. */
  scene?: string
  ptz: boolean
  /** What its microphone is sent as; absent: it has none. */
  sound?: SimulatedSound
}
export type SimulatedSound = 'g711' | 'aac'

/** What a camera does wrong, on request of a test. */
export type CameraFault =
  /** DESCRIBE is never answered. */
  | { kind: 'hang-on-describe' }
  /** DESCRIBE is answered, nothing after it is. */
  | { kind: 'hang-after-describe' }
  | { kind: 'refuse-login' }
  /** PLAY is answered, no media comes. */
  | { kind: 'silent' }
  /** Random bytes between the interleaved frames (TCP). */
  | { kind: 'garbage' }
  /** The connection ends so long after PLAY. */
  | { kind: 'close-after'; afterMs: number }
  | { kind: 'no-key-frames' }
  /** Its picture stands still; the stream and the burnt-in clock go on. */
  | { kind: 'frozen' }

/** A number that stays the same for an id, so that a camera always looks the same. */
export function stableNumber(id: string): number {
  return createHash('md5').update(id).digest().readUInt32BE(0)
}
