import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { tapIdSchema } from '../../domain/wire/http.ts'
import { PHOTO_BYTES_MAX, photoQuerySchema, photoSchema } from '../../domain/wire/crew.ts'
import { z } from '../../domain/z.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { readAssignment } from '../dispatch/assignment-rows.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy } from '../trust/audit.ts'
import { photoOf } from './photo-rows.ts'
import { takePhoto, type PhotoDeps } from './take-photo.ts'

export interface PhotoRouteDeps extends PhotoDeps {
  database: Database
}

/** Photos that crews take on scene. */
export function photoRoutes(deps: PhotoRouteDeps): Route[] {
  const { database, photoDir } = deps
  return [
    defineRoute({
      method: 'post',
      path: '/assignments/:id/photos',
      summary: 'A photo of the scene, JPEG or PNG as the body; a repeat of the same id is answered as the first was',
      action: 'photo.add',
      object: async ({ params }) => {
        const { patrolId } = await readAssignment(database, params['id']!)
        return { kind: 'assignment', id: params['id']!, patrolId }
      },
      params: z.object({ id: z.string().min(1).max(64) }),
      query: photoQuerySchema,
      bodyTypes: ['image/jpeg', 'image/png'],
      bodyBytesMax: PHOTO_BYTES_MAX,
      body: z.instanceof(Buffer),
      answer: photoSchema,
      status: 201,
      handler: ({ params, query, body, actor }) =>
        takePhoto(deps, {
          id: query.id,
          assignmentId: params.id,
          tappedAt: query.tappedAt ?? null,
          bytes: body,
          actor,
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/photos/:id',
      summary: 'A photo of a crew; every look is in the audit before the first byte',
      action: 'photo.view',
      object: async ({ params, subject }) => {
        const { patrolId, incidentId } = await photoOf(database, params['id']!)
        const object = { kind: 'photo', id: params['id']!, patrolId }
        if (subject.type !== 'officer' || subject.me.role === 'patrol') return object
        const { jurisdiction, escalatedTo } = await readIncident(database, incidentId)
        return { ...object, jurisdiction, escalatedTo }
      },
      params: z.object({ id: tapIdSchema }),
      handler: async ({ params: { id }, subject, res }) => {
        const photo = await photoOf(database, id)
        const facts = { assignmentId: photo.assignmentId, incidentId: photo.incidentId }
        await audit(database, auditBy(subject, 'photo.view', 'photo', id, { outcome: 'begun', facts }))
        const bytes = await readFile(join(photoDir, photo.file)).catch((error: unknown) => {
          throw new Fault('gone', 'the file of this photo is not there any more', { id, reason: reasonOf(error) })
        })
        res.setHeader('content-type', photo.type)
        res.setHeader('content-length', bytes.length)
        res.setHeader('cache-control', 'no-store')
        res.end(bytes)
      },
    }),
  ]
}
