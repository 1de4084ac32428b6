import { toIso } from '../../domain/clock.ts'
import { HOLE_MIN_MS, type GapReason, type Span } from '../../domain/recording.ts'
import type { Recorded, WholeFile } from '../../domain/wire/streamers.ts'
import type { Queryable, Tx } from '../store/database.ts'

export interface WantedSpan extends Span {
  incidentId: string
  cameraId: string
}

/** Times come as text of the server; here they are needed as numbers. */
export const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::double precision`

/** Of a recording `r`, for its index. Two times that a clock was set between stand the wrong way round. */
export const RANGE = 'tstzrange(least(r.from_at, r.until_at), greatest(r.from_at, r.until_at))'

/** Makes them as long as asked, never shorter. */
export async function saveSpans(tx: Queryable, spans: readonly WantedSpan[]): Promise<void> {
  if (spans.length === 0) return
  await tx.execute(
    `insert into recording (incident_id, camera_id, from_at, until_at)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
     on conflict (incident_id, camera_id) do update
       set from_at = least(recording.from_at, excluded.from_at), until_at = greatest(recording.until_at, excluded.until_at)`,
    [
      spans.map((span) => span.incidentId),
      spans.map((span) => span.cameraId),
      spans.map((span) => toIso(span.fromMs)),
      spans.map((span) => toIso(span.toMs)),
    ],
  )
}

const SPAN = `incident_id as "incidentId", camera_id as "cameraId", ${MS('from_at')} as "fromMs", ${MS('until_at')} as "toMs"`

/** Those that may still want something. */
export async function spansUntil(database: Queryable, sinceMs: number): Promise<WantedSpan[]> {
  return await database.query<WantedSpan>(`select ${SPAN} from recording where until_at > $1`, [toIso(sinceMs)])
}

export async function spansOfIncident(database: Queryable, incidentId: string): Promise<WantedSpan[]> {
  return await database.query<WantedSpan>(
    `select ${SPAN} from recording where incident_id = $1 order by camera_id limit 100`,
    [incidentId],
  )
}

export interface KeptSegment {
  fileId: string
  offset: number
  bytes: number
  startedAtMs: number
  durationTicks: number
  isDiscontinuous: boolean
  initBytes: number
}

/** Five and a half hours of one camera in segments of a second, 2.4 MB of playlist: more is another playlist. */
export const SEGMENTS_MAX = 20_000
/** No segment is longer: the ring's part limit and the longest GOP are far below. */
const SEGMENT_LONGEST_MS = 60_000

const SEGMENT_END = `s.started_at + s.duration_ticks / 90000.0 * interval '1 second'`

/** Whole segments that overlap the time, oldest first, and one more than `SEGMENTS_MAX` when there are more. */
export async function segmentsOf(database: Queryable, cameraId: string, span: Span): Promise<KeptSegment[]> {
  return await database.query<KeptSegment>(
    `select s.file_id as "fileId", s.byte_offset as "offset", s.bytes, ${MS('s.started_at')} as "startedAtMs",
            s.duration_ticks as "durationTicks", s.discontinuous as "isDiscontinuous", f.init_bytes as "initBytes"
       from recording_segment s join recording_file f on f.id = s.file_id
      where s.camera_id = $1 and s.started_at < $3 and s.started_at > $4 and ${SEGMENT_END} > $2
      order by s.started_at, s.file_id, s.byte_offset limit $5`,
    [cameraId, toIso(span.fromMs), toIso(span.toMs), toIso(span.fromMs - SEGMENT_LONGEST_MS), SEGMENTS_MAX + 1],
  )
}

/** Where the playlist of all of that time ends; only for a camera with more than `SEGMENTS_MAX` segments. */
export async function playlistEndMs(database: Queryable, cameraId: string, span: Span): Promise<number> {
  const [row] = await database.query<{ atMs: number }>(
    `select ${MS('s.started_at')} as "atMs" from recording_segment s
      where s.camera_id = $1 and s.started_at < $3 and s.started_at > $4 and ${SEGMENT_END} > $2
      order by s.started_at, s.file_id, s.byte_offset offset $5 limit 1`,
    [cameraId, toIso(span.fromMs), toIso(span.toMs), toIso(span.fromMs - SEGMENT_LONGEST_MS), SEGMENTS_MAX],
  )
  return row?.atMs ?? span.toMs
}

/** Pictures without a hole of more than `HOLE_MIN_MS`. */
export interface KeptRun extends Span {
  cameraId: string
  bytes: number
  segments: number
}

/** What is kept of each camera of an incident, oldest first: the database reads a row for each second, but says only where holes are. */
export async function runsOf(database: Queryable, incidentId: string): Promise<KeptRun[]> {
  const inOrder = 'partition by camera_id order by from_ms, file_id, byte_offset'
  return await database.query<KeptRun>(
    `select camera_id as "cameraId", min(from_ms) as "fromMs", max(to_ms) as "toMs",
            sum(bytes)::double precision as bytes, count(*)::int as segments
       from (
         select *, count(*) filter (where before_ms is null or from_ms - before_ms > $2) over (${inOrder}) as run
           from (
             select *, max(to_ms) over (${inOrder} rows between unbounded preceding and 1 preceding) as before_ms
               from (
                 select s.camera_id, s.file_id, s.byte_offset, s.bytes, ${MS('s.started_at')} as from_ms,
                        ${MS('s.started_at')} + s.duration_ticks / 90::double precision as to_ms
                   from recording r join recording_segment s on s.camera_id = r.camera_id
                    and s.started_at < r.until_at and s.started_at > r.from_at - $3::int * interval '1 ms'
                    and ${SEGMENT_END} > r.from_at
                  where r.incident_id = $1) segment) one) two
      group by camera_id, run order by camera_id, 2`,
    [incidentId, HOLE_MIN_MS, SEGMENT_LONGEST_MS],
  )
}

export interface KeptGap extends Span {
  cameraId: string
  reason: GapReason
  detail: string | null
}

const GAPS_MAX = 500

/** What was told of these cameras in the time of all of the spans, at most 500 a camera; by the index `recording_gap_by_range`. */
export async function gapsOf(database: Queryable, spans: readonly WantedSpan[]): Promise<KeptGap[]> {
  if (spans.length === 0) return []
  return await database.query<KeptGap>(
    `select camera_id as "cameraId", ${MS('from_at')} as "fromMs", ${MS('to_at')} as "toMs", reason, detail
       from recording_gap where camera_id = any($1)
        and tstzrange(least(from_at, to_at), greatest(from_at, to_at)) && tstzrange($2, $3)
      order by from_at limit $4`,
    [
      spans.map((span) => span.cameraId),
      toIso(Math.min(...spans.flatMap((span) => [span.fromMs, span.toMs]))),
      toIso(Math.max(...spans.flatMap((span) => [span.fromMs, span.toMs]))),
      GAPS_MAX * spans.length,
    ],
  )
}

/**
 * Stores what a worker has reported. The same again changes nothing, so a report whose answer was lost is simply said again; rows of
 * a file that has been deleted meanwhile are not brought back.
 */
export async function saveRecorded(tx: Tx, folder: string, { segments, gaps, whole }: Recorded): Promise<void> {
  if (whole.length > 0) await cutFiles(tx, folder, whole)
  if (segments.length > 0) {
    const columns = [
      segments.map((row) => row.fileId),
      segments.map((row) => row.cameraId),
      segments.map((row) => toIso(row.startedAtMs)),
      segments.map((row) => row.durationTicks),
      segments.map((row) => row.offset),
      segments.map((row) => row.bytes),
      segments.map((row) => row.isDiscontinuous),
      segments.map((row) => row.initBytes),
    ]
    const rows = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::bigint[], $6::int[], $7::boolean[], $8::int[])
      as r (file_id, camera_id, started_at, ticks, byte_offset, bytes, discontinuous, init_bytes)`
    await tx.execute(
      `insert into recording_file as f (id, folder, camera_id, init_bytes, started_at, ended_at, bytes)
       select file_id, $9, min(camera_id), min(init_bytes), min(started_at),
              max(started_at + ticks / 90000.0 * interval '1 second'), max(byte_offset + bytes)
         from ${rows} group by file_id order by file_id
       on conflict (id) do update set started_at = least(f.started_at, excluded.started_at),
         ended_at = greatest(f.ended_at, excluded.ended_at), bytes = greatest(f.bytes, excluded.bytes)`,
      [...columns, folder],
    )
    await tx.execute(
      `insert into recording_segment (file_id, byte_offset, bytes, camera_id, started_at, duration_ticks, discontinuous)
       select distinct on (r.file_id, r.byte_offset)
              r.file_id, r.byte_offset, r.bytes, r.camera_id, r.started_at, r.ticks, r.discontinuous
         from ${rows} join recording_file f on f.id = r.file_id and f.deleted_at is null and f.camera_id = r.camera_id
        order by r.file_id, r.byte_offset, r.bytes desc
       on conflict (file_id, byte_offset) do update
         set bytes = greatest(recording_segment.bytes, excluded.bytes),
             duration_ticks = greatest(recording_segment.duration_ticks, excluded.duration_ticks)`,
      columns,
    )
  }
  if (gaps.length === 0) return
  await tx.execute(
    `insert into recording_gap (camera_id, from_at, to_at, reason, detail)
     select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[])
     on conflict (camera_id, from_at, reason) do nothing`,
    [
      gaps.map((gap) => gap.cameraId),
      gaps.map((gap) => toIso(gap.fromMs)),
      gaps.map((gap) => toIso(gap.toMs)),
      gaps.map((gap) => gap.reason),
      gaps.map((gap) => gap.detail),
    ],
  )
}

/** Takes back rows of what is not on the disk of this worker any more. The hole is seen as one; nobody knows more about it. */
async function cutFiles(tx: Tx, folder: string, whole: readonly WholeFile[]): Promise<void> {
  const columns = [whole.map((file) => file.fileId), whole.map((file) => file.bytes), folder]
  const cut = `unnest($1::text[], $2::bigint[]) as w (file_id, bytes)
      where f.id = w.file_id and f.folder = $3 and f.deleted_at is null and f.bytes > w.bytes`
  // Also the lock that a deletion waits for; always in the same order.
  await tx.query(`select f.id from recording_file f, ${cut} order by f.id for update of f`, columns)
  await tx.execute(
    `delete from recording_segment s using recording_file f, ${cut} and s.file_id = f.id and s.byte_offset + s.bytes > w.bytes`,
    columns,
  )
  await tx.execute(
    `update recording_file f set bytes = w.bytes, ended_at = coalesce(
       (select max(s.started_at + s.duration_ticks / 90000.0 * interval '1 second') from recording_segment s where s.file_id = f.id),
       f.started_at) from ${cut}`,
    columns,
  )
  await tx.execute('delete from recording_file where id = any($1) and folder = $2 and bytes = 0', [columns[0], folder])
}

/** A file that holds something of what the incident wanted of this camera; null otherwise, or when it is deleted. */
export async function fileOf(
  database: Queryable,
  where: { incidentId: string; cameraId: string; fileId: string; offset: number | null },
): Promise<{ folder: string; initBytes: number; bytes: number | null } | null> {
  const rows = await database.query<{ folder: string; initBytes: number; bytes: number | null }>(
    `select f.folder, f.init_bytes as "initBytes", s.bytes
       from recording_file f
       join recording r on r.camera_id = f.camera_id and r.from_at < f.ended_at and r.until_at > f.started_at
       left join recording_segment s on s.file_id = f.id and s.byte_offset = $4
      where f.id = $3 and f.deleted_at is null and r.incident_id = $1 and r.camera_id = $2
        and ($4::bigint is null or (s.started_at < r.until_at
             and s.started_at + s.duration_ticks / 90000.0 * interval '1 second' > r.from_at))`,
    [where.incidentId, where.cameraId, where.fileId, where.offset],
  )
  return rows[0] ?? null
}
