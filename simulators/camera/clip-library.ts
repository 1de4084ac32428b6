import { readFileSync } from 'node:fs'
import { assert } from '../../domain/fault.ts'
import { assetPath } from './asset-path.ts'
import { stableNumber, type SimulatedCamera } from './camera.ts'
import { loadClip, type Clip, type Footage } from './clip.ts'
import { loadH265Clip } from './h265-clip.ts'

/** One scene of `clips/clips.json`: files beside it. Without `main` the main stream is the sub-stream. */
interface SceneEntry {
  scene: string
  sub: string
  main: string | null
  picture: string | null
}

export interface Scene {
  name: string
  sub: Clip
  main: Clip
  /** A small JPEG of the scene, for ONVIF snapshots; null when there is none. */
  picture: Buffer | null
}

/** Reads clips when a camera first wants them. Price: the clips of all scenes together are about 12 MB. */
export class ClipLibrary {
  readonly #entries: SceneEntry[]
  readonly #scenes = new Map<string, Scene>()

  constructor() {
    this.#entries = JSON.parse(readFileSync(assetPath('clips/clips.json'), 'utf8')) as SceneEntry[]
    assert(this.#entries.length > 0, 'clips.json names no scene')
  }

  #h265: Footage | null = null

  /** The one clip in H.265, for every camera the same. */
  get h265(): Footage {
    return (this.#h265 ??= loadH265Clip(assetPath('clips/crossing.h265')))
  }

  get names(): string[] {
    return this.#entries.map((entry) => entry.scene)
  }

  /** The camera's own scene, or one chosen by its id. */
  sceneFor(camera: SimulatedCamera): Scene {
    const wanted = this.#entries.find((entry) => entry.scene === camera.scene)
    return this.#load(wanted ?? this.#entries[stableNumber(camera.id) % this.#entries.length]!)
  }

  #load(entry: SceneEntry): Scene {
    const kept = this.#scenes.get(entry.scene)
    if (kept) return kept
    const sub = loadClip(assetPath(`clips/${entry.sub}`))
    const main = entry.main ? loadClip(assetPath(`clips/${entry.main}`)) : sub
    const picture = entry.picture ? readFileSync(assetPath(`clips/${entry.picture}`)) : null
    const scene = { name: entry.scene, sub, main, picture }
    this.#scenes.set(entry.scene, scene)
    return scene
  }
}
