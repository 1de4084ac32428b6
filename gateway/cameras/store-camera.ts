import type { Camera, CameraPatch, CameraWrite } from '../../domain/camera.ts'
import type { NewEvent } from '../live/event-log.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Tx } from '../store/database.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import { insertCamera, sealCredential, toCamera, type CameraBody, type CameraRow } from './camera-row.ts'
import type { ExaminedSource } from './examine-camera.ts'
import { alreadyThere, notThere } from '../registry/paging.ts'
import { stayWithin, withMove } from '../registry/stay-within.ts'

export interface StoreDeps {
  events: EventLog
  box: SecretBox
}

interface By {
  subject: Subject
  actor: string
}

/** Row, event and audit in one transaction. @throws Fault `conflict` when the id is taken */
export function addCamera(
  id: string,
  written: CameraWrite,
  found: ExaminedSource,
  by: By,
  deps: StoreDeps,
): Promise<Camera> {
  const { name, siteId, lng, lat, bearingDeg, fovDeg, rangeM, warm, audio, events, jurisdiction } = written
  const { source, onvif, credential, streamAddress, snapshotAddress, mainAddress, ptz } = found
  const body: CameraBody = {
    name,
    siteId,
    lng,
    lat,
    bearingDeg,
    fovDeg,
    rangeM,
    warm,
    audio,
    events,
    jurisdiction,
    source,
    onvif,
  }
  return deps.events.transact(async (tx) => {
    await stayWithin(tx, by.subject, 'camera', null, written)
    const row = await insertCamera(tx, deps.box, {
      id,
      body,
      enabled: true,
      credential,
      streamAddress,
      snapshotAddress,
      mainAddress,
      ptz,
    })
    if (!row) throw alreadyThere('camera', id)
    row.stream = await storeStream(tx, id, found)
    await audit(tx, auditBy(by.subject, 'camera.write', 'camera', id, { facts: { verb: 'added' } }))
    const camera = toCamera(row)
    await deps.events.append(tx, cameraEvent('added', id, by.actor, camera))
    return camera
  })
}

/** @param found when the patch has a source: what was found there */
export function changeCamera(
  id: string,
  patch: CameraPatch,
  found: ExaminedSource | null,
  by: By,
  { events, box }: StoreDeps,
): Promise<Camera> {
  const { source: _source, enabled, ...typed } = patch
  const body = found ? { ...typed, source: found.source, onvif: found.onvif } : typed
  return events.transact(async (tx) => {
    const [before] = await tx.query<Pick<CameraRow, 'body'>>('select body from camera where id = $1 for update', [id])
    if (!before) throw notThere('camera', id)
    const move = await stayWithin(tx, by.subject, 'camera', before.body, { ...before.body, ...typed })
    const rows = await tx.query<CameraRow>(
      `update camera set body = body || $2::jsonb, enabled = coalesce($3, enabled), changed_at = now()
       where id = $1 returning *`,
      [id, JSON.stringify(body), enabled ?? null],
    )
    let row = rows[0]
    if (!row) throw notThere('camera', id)
    if (found) {
      const sourced = await tx.query<CameraRow>(
        `update camera set credential_cipher = $2, stream_address = $3, snapshot_address = $4, ptz = $5, main_address = $6
         where id = $1 returning *`,
        [
          id,
          sealCredential(box, found.credential),
          found.streamAddress,
          found.snapshotAddress,
          found.ptz,
          found.mainAddress,
        ],
      )
      row = sourced[0]!
      row.stream = await storeStream(tx, id, found)
    }
    const facts = { verb: 'changed', members: Object.keys(patch) }
    await audit(tx, auditBy(by.subject, 'camera.write', 'camera', id, { facts }))
    const camera = toCamera(row)
    await events.append(tx, cameraEvent('changed', id, by.actor, withMove(camera, move)))
    return camera
  })
}

export function removeCamera(id: string, by: By, { events }: StoreDeps): Promise<void> {
  return events.transact(async (tx) => {
    if ((await tx.execute('delete from camera where id = $1', [id])) === 0) throw notThere('camera', id)
    await audit(tx, auditBy(by.subject, 'camera.write', 'camera', id, { facts: { verb: 'removed' } }))
    await events.append(tx, cameraEvent('removed', id, by.actor, { id }))
  })
}

async function storeStream(tx: Tx, id: string, { stream }: ExaminedSource): Promise<CameraRow['stream']> {
  if (!stream) return {}
  const { codec, widthPx, heightPx } = stream
  await tx.execute('update camera set stream = $2 where id = $1', [id, JSON.stringify({ codec, widthPx, heightPx })])
  return { codec, widthPx, heightPx }
}

function cameraEvent(action: string, subjectId: string, actor: string, body: object): NewEvent {
  return { kind: 'camera', action, subjectId, actor, body }
}
