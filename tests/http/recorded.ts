import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { RecordedSegment } from '../../domain/wire/streamers.ts'
import { KeepRecordings, type KeepRecordingsDeps } from '../../gateway/recordings/keep-recordings.ts'
import { saveSpans } from '../../gateway/recordings/recording-rows.ts'
import type { Fixture } from './fixture.ts'

export const INIT = Buffer.from('the init section')
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** What a worker leaves on a disk and tells, and who asks for it. */
export function recordedAt(fixture: Fixture) {
  return {
    empty: async () => {
      await fixture.database.execute('truncate recording, recording_lock, recording_segment, recording_gap, trouble')
      await fixture.database.execute('delete from recording_file')
      await fixture.database.execute('delete from site')
      await fixture.database.execute('delete from audit')
    },
    /** An incident with one camera, wanted from 30 s before until 120 s after. */
    incidentAt: async (atMs: number, cameraId: string, more: object = {}): Promise<string> => {
      const id = newId(atMs)
      const own = { id, number: id, state: 'open', openedAt: toIso(atMs), closedAt: null, cameraIds: [cameraId] }
      const body = { ...own, ...more }
      await fixture.database.execute(
        'insert into incident (id, number, state, body, opened_at, closed_at) values ($1, $1, $2, $3, $4, $5)',
        [id, body.state, JSON.stringify(body), body.openedAt, body.closedAt],
      )
      await saveSpans(fixture.database, [{ incidentId: id, cameraId, fromMs: atMs - 30_000, toMs: atMs + 120_000 }])
      return id
    },
    /** A worker's file on the disk with `seconds` segments of one second, and its rows. */
    fileOf: (cameraId: string, fromMs: number, seconds: number, bytesEach = 1_000) => {
      const fileId = newId(fromMs)
      const folder = join(fixture.recordDir, 'streamer-1')
      mkdirSync(folder, { recursive: true })
      const pieces = Array.from({ length: seconds }, (_, i) => Buffer.alloc(bytesEach, i + 1))
      const path = join(folder, `${fileId}.mp4`)
      writeFileSync(path, Buffer.concat([INIT, ...pieces]))
      const segments: RecordedSegment[] = pieces.map((piece, i) => ({
        fileId,
        cameraId,
        initBytes: INIT.length,
        offset: INIT.length + i * bytesEach,
        bytes: piece.length,
        startedAtMs: fromMs + i * 1000,
        durationTicks: 90_000,
        isDiscontinuous: false,
      }))
      return { path, segments, pieces }
    },
    tell: (body: object) =>
      fixture.program.send('POST', 'internal/streamers/streamer-1/recorded', {
        segments: [],
        gaps: [],
        diskFault: null,
        ...body,
      }),
    keeperOf: (more: Partial<KeepRecordingsDeps> = {}) =>
      new KeepRecordings({ ...fixture, daysDefault: 30, bytesMax: null, settleMs: 0, ...more }),
    troubles: () => fixture.database.query('select code, detail from trouble where restored_at is null'),
    bytesAt: async (path: string, token: string) => {
      const answer = await fetch(fixture.url + path, { headers: { authorization: `Bearer ${token}` } })
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
    },
  }
}
