import { randomBytes } from 'node:crypto'
import { FRAMES_PER_SECOND, type Clip } from '../clip.ts'
import type { CameraFault, SimulatedCamera } from '../camera.ts'
import { stableNumber } from '../camera.ts'
import { clockText } from '../osd/clock-text.ts'
import type { CameraCaption, CaptionStrip } from '../osd/caption-strip.ts'
import { packetise, stamp, type PacketState } from '../rtp/packetise.ts'

/** One who watches a feed. */
export interface Viewer extends PacketState {
  waitsForKey: boolean
  /** Added to the feed's ticks, so that no two streams begin alike. */
  baseTicks: number
  /** False: the viewer cannot take more now; it is resumed at the next key picture. */
  canTake(): boolean
  send(packets: Buffer): void
}

/** 90 kHz ticks of one picture. */
export const FRAME_TICKS = 90_000 / FRAMES_PER_SECOND

/** One stream (camera and quality): the clip, its place in time, its caption and its viewers. Costs nothing while nobody watches. */
export class Feed {
  readonly camera: SimulatedCamera
  readonly clip: Clip
  readonly viewers = new Set<Viewer>()
  fault: CameraFault | null = null
  dropped = 0
  readonly #strip: CaptionStrip
  /** Encoded when the first key picture is wanted: 3 ms. */
  #caption: CameraCaption | null = null
  readonly #phase: number
  #shown: string | null = null

  constructor(camera: SimulatedCamera, clip: Clip, strip: CaptionStrip) {
    this.camera = camera
    this.clip = clip
    this.#strip = strip
    this.#phase = stableNumber(camera.id) % clip.pictures.length
  }

  /** After a leap in time the pictures between are missing: everybody resumes at a key picture. */
  skip(): void {
    this.#shown = null
    for (const viewer of this.viewers) viewer.waitsForKey = true
  }

  /** Sends picture number `n` of the farm's common count, taken at `takenAtMs` (wall clock). */
  sendPicture(n: number, takenAtMs: number): void {
    if (this.viewers.size === 0 || this.fault?.kind === 'silent') return
    const { pictures } = this.clip
    const picture = pictures[(n + this.#phase) % pictures.length]!
    const { start } = picture
    const clock = clockText(takenAtMs)
    const keyless = this.fault?.kind === 'no-key-frames'
    if (start.isKey && keyless) return
    if (!start.isKey && this.#shown === null && !keyless) return
    if (start.isKey) this.#caption ??= this.#strip.forCamera(this.camera.name)
    const slice = start.isKey
      ? this.#caption!.keySlice(start, clock)
      : this.#strip.deltaSlice(start, this.#shown ?? clock, clock)
    this.#shown = clock
    const caption = packetise([slice], false)
    const runs = picture.before ? [picture.before, caption, picture.after] : [caption, picture.after]
    const bytes = runs.reduce((sum, run) => sum + run.bytes.length, 0)
    for (const viewer of this.viewers) {
      if (start.isKey || keyless) viewer.waitsForKey = false
      if (viewer.waitsForKey) continue
      if (!viewer.canTake()) {
        viewer.waitsForKey = true
        this.dropped++
        continue
      }
      const ticks = (viewer.baseTicks + n * FRAME_TICKS) >>> 0
      const out = Buffer.allocUnsafe(bytes)
      let at = 0
      for (const run of runs) at = stamp(out, at, run, viewer, ticks)
      viewer.send(this.fault?.kind === 'garbage' ? withGarbage(out) : out)
    }
    if (this.viewers.size === 0) this.#shown = null
  }
}

function withGarbage(packets: Buffer): Buffer {
  const noise = randomBytes(1 + Math.floor(Math.random() * 40))
  return Math.random() < 0.2 ? Buffer.concat([noise, packets]) : packets
}
