import { stat, statfs } from 'node:fs/promises'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { Troubles } from '../live/troubles.ts'

/** 256 MB are 400,000 presses of 600 bytes: what is left when telemetry and recordings have stopped is for them. */
export const RESERVE_BYTES = 256 * 1024 ** 2
/** A small disk keeps this share of itself instead. */
const RESERVE_SHARE = 0.1
/** What has stopped begins again only with half as much more room, so that it does not come and go. */
const AGAIN = 1.5
/** The operator is to hear of it within ten seconds; a gigabit a second writes 250 MB meanwhile at the very worst. */
const LOOK_MS = 2_000

/** What is kept on the disks, by what it is. */
export interface Folders {
  journal: string
  data: string
  record: string
}
type Name = keyof Folders

interface Volume {
  /** Two folders of one volume have the same. */
  device: number
  free: number
  size: number
}

export interface DiskRoomDeps {
  folders: Folders
  troubles: Troubles
  log: Log
  metrics: Metrics
}

/**
 * Keeps the last room of a disk for presses. While the volume of the journal or of the data has less than its reserve, fixes and beats go into no
 * history; while that of the recordings has, nothing is recorded. The operator is told, and all of it begins again by itself.
 */
export class DiskRoom {
  readonly #deps: DiskRoomDeps
  readonly #low = new Set<Name>()
  readonly #free
  readonly #failed
  #timer: NodeJS.Timeout | null = null
  #isLooking = false

  constructor(deps: DiskRoomDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#free = metrics.gauge('vigil_disk_free_bytes', 'Free bytes of the volume of a folder')
    this.#failed = metrics.counter('vigil_disk_looks_failed_total', 'Looks at a disk that failed').of()
    const low = metrics.gauge('vigil_disk_low', '1 while a folder’s volume has less than its reserve')
    metrics.onRead(() => {
      for (const name of names(deps.folders)) low.of({ folder: name }).set(this.#low.has(name) ? 1 : 0)
    })
  }

  async start(): Promise<void> {
    await this.look()
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** Whether fixes and beats may be written into histories. From memory, for each of them. */
  mayKeepHistory(): boolean {
    return !this.#low.has('journal') && !this.#low.has('data')
  }

  mayRecord(): boolean {
    return !this.#low.has('record')
  }

  /** Never rejects; the next look tries again. */
  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const told = new Map<number, Name>()
      for (const name of names(this.#deps.folders)) {
        const volume = await volumeOf(this.#deps.folders[name])
        if (!volume) continue
        this.#free.of({ folder: name }).set(volume.free)
        this.#judge(name, volume)
        // Folders of one volume are one trouble, by the name of the first.
        const isFirst = !told.has(volume.device)
        if (isFirst) told.set(volume.device, name)
        await this.#tell(name, isFirst && this.#low.has(name), volume.free)
      }
    } catch (error) {
      this.#failed.add()
      this.#deps.log.warn('the disks could not be looked at', { reason: reasonOf(error) })
    } finally {
      this.#isLooking = false
    }
  }

  #judge(name: Name, { free, size }: Volume): void {
    const reserve = Math.min(RESERVE_BYTES, size * RESERVE_SHARE)
    if (free < reserve) this.#low.add(name)
    else if (free >= reserve * AGAIN) this.#low.delete(name)
  }

  async #tell(name: Name, isLow: boolean, free: number): Promise<void> {
    const { troubles } = this.#deps
    const subject = `disk-${name}`
    if (!isLow) return await troubles.restoreNow('program', subject, 'disk-low')
    const mb = Math.floor(free / 1e6)
    const stopped =
      name === 'record' ? 'nothing is recorded' : 'fixes and beats are not kept, nothing is recorded on it'
    const detail = `${mb} MB are left on the disk of ${this.#deps.folders[name]}: ${stopped}; presses go on`
    await troubles.raiseNow({ subjectKind: 'program', subjectId: subject, code: 'disk-low', detail, facts: { mb } })
  }
}

function names(folders: Folders): Name[] {
  return Object.keys(folders) as Name[]
}

/** Null while the folder is not there yet. */
async function volumeOf(folder: string): Promise<Volume | null> {
  try {
    const [{ dev }, { bavail, bsize, blocks }] = await Promise.all([stat(folder), statfs(folder)])
    return { device: dev, free: bavail * bsize, size: blocks * bsize }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
