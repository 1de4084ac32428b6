import { randomBytes } from 'node:crypto'
import { FRAMES_PER_SECOND, type Clip, type ClipPicture, type Footage, type FootagePicture } from '../clip.ts'
import type { CameraFault, SimulatedCamera } from '../camera.ts'
import { stableNumber } from '../camera.ts'
import { clockText } from '../osd/clock-text.ts'
import { beginSlice, type SliceStart, type StreamHeaders } from '../h264/headers.ts'
import { STRIP_ROWS, type CameraCaption, type CaptionStrip } from '../osd/caption-strip.ts'
import { packetise, stamp, type PacketRun, type PacketState } from '../rtp/packetise.ts'

/** One who watches a feed. */
export interface Viewer extends PacketState {
  waitsForKey: boolean
  /** Added to the feed's ticks, so that no two streams begin alike. */
  baseTicks: number
  /** False: the viewer cannot take more now; it is resumed at the next key picture. */
  canTake(): boolean
  send(packets: Buffer): void
}

/** Nothing is coded with it. */
const SKIP_QP = 26

/** 90 kHz ticks of one picture. */
export const FRAME_TICKS = 90_000 / FRAMES_PER_SECOND

/** One stream (camera and quality): the clip, its place in time, its caption and its viewers. Costs nothing while nobody watches. */
export class Feed {
  readonly camera: SimulatedCamera
  readonly clip: Footage
  readonly viewers = new Set<Viewer>()
  fault: CameraFault | null = null
  dropped = 0
  /** Null: shown as it is. */
  readonly #strip: CaptionStrip | null
  /** Encoded when the first key picture is wanted: 3 ms. */
  #caption: CameraCaption | null = null
  readonly #phase: number
  #shown: string | null = null

  constructor(camera: SimulatedCamera, clip: Clip, strip: CaptionStrip)
  constructor(camera: SimulatedCamera, clip: Footage, strip: null)
  constructor(camera: SimulatedCamera, clip: Footage, strip: CaptionStrip | null) {
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
    const playing = pictures[(n + this.#phase) % pictures.length]!
    const picture = this.fault?.kind === 'frozen' ? this.#frozen(playing) : playing
    const { isKey } = picture
    const keyless = this.fault?.kind === 'no-key-frames'
    if (isKey && keyless) return
    if (!isKey && this.#shown === null && !keyless) return
    const caption = this.#captionOf(picture, clockText(takenAtMs))
    const runs = [picture.before, caption, picture.after].filter((run) => run !== null)
    const bytes = runs.reduce((sum, run) => sum + run.bytes.length, 0)
    for (const viewer of this.viewers) {
      if (isKey || keyless) viewer.waitsForKey = false
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

  /** The clip's first picture again and again: what comes between says "as before" for all of it. */
  #frozen(playing: FootagePicture): FootagePicture {
    if (playing.isKey) return this.clip.pictures[0]!
    const after = this.#strip === null ? null : skippedBelow((playing as ClipPicture).start, (this.clip as Clip).stream)
    return after === null ? playing : { ...playing, after: packetise([after], true) }
  }

  #captionOf(picture: FootagePicture, clock: string): PacketRun | null {
    const before = this.#shown ?? clock
    this.#shown = clock
    if (!this.#strip) return null
    // With a strip the clip is one of ours, see the constructor.
    const { start } = picture as ClipPicture
    if (!start.isKey) return packetise([this.#strip.deltaSlice(start, before, clock)], false)
    this.#caption ??= this.#strip.forCamera(this.camera.name)
    return packetise([this.#caption.keySlice(start, clock)], false)
  }
}

/** The slice below the caption in which every macroblock is that of the picture before. */
function skippedBelow(start: SliceStart, stream: StreamHeaders): Buffer {
  const first = STRIP_ROWS * stream.widthMbs
  const out = beginSlice(start, stream, SKIP_QP, first)
  out.ue(stream.widthMbs * Math.ceil(stream.heightPx / 16) - first) // mb_skip_run
  return out.nal(start.nalHeader)
}

function withGarbage(packets: Buffer): Buffer {
  const noise = randomBytes(1 + Math.floor(Math.random() * 40))
  return Math.random() < 0.2 ? Buffer.concat([noise, packets]) : packets
}
