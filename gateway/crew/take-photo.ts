import { createHash } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { PHOTOS_OF_ASSIGNMENT_MAX, type Photo } from '../../domain/wire/crew.ts'
import { lockIncident } from '../alarms/incident-rows.ts'
import { readAssignment } from '../dispatch/assignment-rows.ts'
import type { EventLog, NewEvent } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { checkPhoto } from './photo-format.ts'
import { countPhotos, insertPhoto, readPhoto, type PhotoRow } from './photo-rows.ts'

export interface PhotoDeps {
  events: EventLog
  clock: Clock
  /** Folder of the photos; made when the first one comes. */
  photoDir: string
}

/**
 * One photo of a crew: the file on the disk first (and synced), then its row and its line in the incident's timeline in one transaction. The
 * name comes from the phone's id, so that a try that was cut off leaves nothing behind that the next one would not overwrite.
 * @throws Fault `bad-request` when it is no picture; `conflict` beyond 20 of one order, or when the id names another photo; `not-found`
 */
export async function takePhoto(
  deps: PhotoDeps,
  sent: { id: string; assignmentId: string; tappedAt: string | null; bytes: Buffer; actor: string },
): Promise<Photo> {
  const checked = checkPhoto(sent.bytes)
  const { events, clock, photoDir } = deps
  const receivedAt = toIso(clock.nowMs())
  const ending = checked.type === 'image/png' ? 'png' : 'jpg'
  const hash = createHash('sha256').update(`${sent.assignmentId} ${sent.id}`).digest('hex')
  const file = `${hash.slice(0, 2)}/${hash.slice(2)}.${ending}`
  const known = await events.transact((tx) => knownOrRoom(tx, sent))
  if (known) return known
  await write(join(photoDir, file), checked.bytes)
  return await events.transact(async (tx) => {
    const { incidentId, patrolId } = await readAssignment(tx, sent.assignmentId)
    await lockIncident(tx, incidentId)
    const twin = await knownOrRoom(tx, sent)
    if (twin) return twin
    const { type, widthPx, heightPx, bytes } = checked
    const row: PhotoRow = {
      id: sent.id,
      assignmentId: sent.assignmentId,
      incidentId,
      patrolId,
      type,
      bytes: bytes.length,
      widthPx,
      heightPx,
      tappedAt: sent.tappedAt,
      receivedAt,
      file,
    }
    await insertPhoto(tx, row)
    await events.append(tx, photoEvent(row, sent.actor))
    return withoutFile(row)
  })
}

/** The photo of this id when it is here already; null when there is room for it. */
async function knownOrRoom(tx: Tx, { id, assignmentId }: { id: string; assignmentId: string }): Promise<Photo | null> {
  const known = await readPhoto(tx, id)
  if (known && known.assignmentId !== assignmentId) throw new Fault('conflict', 'this id names another photo', { id })
  if (known) return withoutFile(known)
  if ((await countPhotos(tx, assignmentId)) < PHOTOS_OF_ASSIGNMENT_MAX) return null
  const detail = `an order has at most ${PHOTOS_OF_ASSIGNMENT_MAX} photos`
  throw new Fault('conflict', detail, { photosMax: PHOTOS_OF_ASSIGNMENT_MAX })
}

async function write(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}

function photoEvent(photo: PhotoRow, actor: string): NewEvent {
  const { id: subjectId, incidentId } = photo
  return { kind: 'note', action: 'photographed', subjectId, incidentId, actor, body: withoutFile(photo) }
}

export function withoutFile({ file: _file, ...photo }: PhotoRow): Photo {
  return photo
}
