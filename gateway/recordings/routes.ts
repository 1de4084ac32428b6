import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { incidentRecordingsSchema } from '../../domain/recording.ts'
import { idSchema } from '../../domain/scalars.ts'
import { recordedSchema } from '../../domain/wire/streamers.ts'
import { z } from '../../domain/z.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { withTicket } from '../media/live-proxy.ts'
import { idParamsSchema } from '../registry/entity-routes.ts'
import type { Database, Tx } from '../store/database.ts'
import { audit, auditBy, type WatchAudit } from '../trust/audit.ts'
import type { KeepRecordings } from './keep-recordings.ts'
import { lockForDeletion, putLock, releaseLock } from './lock-rows.ts'
import { readName, recordingPlaylist } from './playlist.ts'
import { needsReason, readRecordings } from './read-recordings.ts'
import { fileOf, saveRecorded, SEGMENTS_MAX, segmentsOf, spansOfIncident } from './recording-rows.ts'

export interface RecordingRouteDeps {
  database: Database
  watches: WatchAudit
  keeper: Pick<KeepRecordings, 'diskFault'>
  recordDir: string
  clock: Clock
}

const reasonSchema = z.object({ reason: z.string().trim().min(1).max(200) })
const incidentParamsSchema = z.object({ id: idSchema })

export function recordingRoutes(deps: RecordingRouteDeps): Route[] {
  return [listRoute(deps), lockRoute(deps), releaseRoute(deps), recordedRoute(deps), playRoute(deps)]
}

function listRoute({ database, clock }: RecordingRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/incidents/:id/recordings',
    summary: 'What is recorded of an incident, per camera, with the gaps and their reasons',
    action: 'recording.watch',
    params: incidentParamsSchema,
    answer: incidentRecordingsSchema,
    handler: async ({ params: { id } }) => {
      await readIncident(database, id)
      return await readRecordings(database, id, clock.nowMs())
    },
  })
}

function lockRoute(deps: RecordingRouteDeps): Route {
  return reasonedRoute(deps, {
    path: '/incidents/:id/lock-recording',
    summary: 'Keep what is recorded of an incident until it is released',
    action: 'recording.lock',
    act: async (tx, id, lock) => {
      await lockForDeletion(tx)
      await putLock(tx, id, lock)
      return true
    },
  })
}

function releaseRoute(deps: RecordingRouteDeps): Route {
  return reasonedRoute(deps, {
    path: '/incidents/:id/release-recording',
    summary: 'Let what is recorded of an incident be deleted in its time again',
    action: 'recording.release',
    act: (tx, id, { lockedAt: nowAt }) => releaseLock(tx, id, nowAt),
  })
}

/** A change of what is kept of an incident, with its reason; answered with what is recorded then. */
function reasonedRoute(
  { database, clock }: RecordingRouteDeps,
  route: Pick<Route, 'path' | 'summary' | 'action'> & {
    /** @returns false when nothing was changed, which needs no audit row */
    act: (tx: Tx, id: string, by: { reason: string; lockedBy: string; lockedAt: string }) => Promise<boolean>
  },
): Route {
  const { act, action, ...rest } = route
  return defineRoute({
    ...rest,
    action,
    method: 'post',
    params: incidentParamsSchema,
    body: reasonSchema,
    answer: incidentRecordingsSchema,
    handler: async ({ params: { id }, body: { reason }, subject, actor }) => {
      await readIncident(database, id)
      await database.tx(async (tx: Tx) => {
        const isChanged = await act(tx, id, { reason, lockedBy: actor, lockedAt: toIso(clock.nowMs()) })
        if (isChanged) await audit(tx, auditBy(subject, action, 'incident', id, { reason }))
      })
      return await readRecordings(database, id, clock.nowMs())
    },
  })
}

function recordedRoute({ database, keeper }: RecordingRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/internal/streamers/:id/recorded',
    summary: 'A streamer worker tells what it has recorded; answered after the commit',
    action: 'internal',
    params: idParamsSchema,
    body: recordedSchema,
    // 10,000 rows of 250 bytes.
    bodyBytesMax: 4 * 1024 * 1024,
    handler: async ({ params: { id }, body }) => {
      if (body.segments.length + body.gaps.length + body.whole.length > 0) {
        await database.tx((tx) => saveRecorded(tx, id, body))
      }
      await keeper.diskFault(id, body.diskFault)
    },
  })
}

const playQuerySchema = z.object({
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  reason: z.string().max(200).optional(),
  ticket: z.string().max(300).optional(),
})

/** The same door as live pictures: who may is asked at each segment, and the look is on record before the first byte. */
function playRoute(deps: RecordingRouteDeps): Route {
  const { database, watches, clock } = deps
  return defineRoute({
    method: 'get',
    path: '!/recordings/:incidentId/:cameraId/:file',
    summary: 'Recorded picture: index.m3u8 (HLS VOD, ?from&to&reason) and its parts',
    action: 'recording.watch',
    object: ({ params }) => ({ kind: 'camera', id: params['cameraId'] }),
    params: z.object({ incidentId: idSchema, cameraId: idSchema, file: z.string().max(80) }),
    query: playQuerySchema,
    handler: async ({ params: { incidentId, cameraId, file }, query, subject, req, res }) => {
      const name = readName(file)
      const spans = await spansOfIncident(database, incidentId)
      const span = spans.find((one) => one.cameraId === cameraId)
      if (!name || !span) throw new Fault('not-found', 'There is no such recording.', { id: incidentId })
      const reason = query.reason?.trim() || null
      const object = { incidentId, cameraId }
      if (needsReason(span, clock.nowMs()) && reason === null && !watches.isLooking(subject, object)) {
        throw new Fault('reason-needed', 'Pictures older than a day are shown for a reason: ?reason=…', object)
      }
      await watches.lookBack(subject, object, reason)
      if (name.kind !== 'playlist') return await sendPiece(deps, { ...object, ...name }, res)
      const fromMs = Math.max(span.fromMs, query.from ? Date.parse(query.from) : 0)
      const toMs = Math.min(span.toMs, query.to ? Date.parse(query.to) : Infinity)
      const segments = await segmentsOf(database, cameraId, { fromMs, toMs })
      if (segments.length === 0) throw new Fault('gone', 'Nothing of that time is kept.', object)
      const text = recordingPlaylist(segments, SEGMENTS_MAX)
      const ticket = req.headers.authorization === undefined ? query.ticket : undefined
      const bytes = Buffer.from(ticket === undefined ? text : withTicket(text, ticket))
      res.setHeader('content-type', 'application/vnd.apple.mpegurl')
      res.setHeader('content-length', bytes.length)
      res.setHeader('cache-control', 'no-store')
      res.end(bytes)
    },
  })
}

interface Piece {
  incidentId: string
  cameraId: string
  fileId: string
  kind: 'init' | 'segment'
  offset?: number
}

/** The bytes as they were live, from the file, with backpressure. */
async function sendPiece(
  { database, recordDir }: RecordingRouteDeps,
  piece: Piece,
  res: ServerResponse,
): Promise<void> {
  const { incidentId, cameraId, fileId } = piece
  const offset = piece.offset ?? null
  const found = await fileOf(database, { incidentId, cameraId, fileId, offset })
  const length = offset === null ? found?.initBytes : (found?.bytes ?? undefined)
  if (!found || length === undefined) throw new Fault('gone', 'This part is not kept any more.', { id: fileId })
  const start = offset ?? 0
  const path = await pathOf(join(recordDir, found.folder), fileId, start + length)
  res.setHeader('content-type', 'video/mp4')
  res.setHeader('content-length', length)
  // A browser's cache gives its bytes to whoever sits at the desk next, without a session and without a trace in the audit.
  res.setHeader('cache-control', 'no-store')
  try {
    await pipeline(createReadStream(path, { start, end: start + length - 1 }), res)
  } catch (error) {
    // A player that seeks leaves; anything else is ours.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

/** @throws Fault `gone` when the disk does not have what the index says: a length that cannot be filled would hang a player */
async function pathOf(folder: string, fileId: string, bytes: number): Promise<string> {
  for (const name of [`${fileId}.mp4`, `${fileId}.open.mp4`]) {
    const path = join(folder, name)
    try {
      const { size } = await stat(path)
      if (size < bytes) break
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Fault('gone', 'This part of the recording is not on the disk any more.', { id: fileId })
}
