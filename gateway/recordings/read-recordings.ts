import { toIso } from '../../domain/clock.ts'
import {
  holesOf,
  joinSpans,
  type CameraRecording,
  type IncidentRecordings,
  type RecordingGap,
  type Span,
} from '../../domain/recording.ts'
import type { Database } from '../store/database.ts'
import { lockOf } from './lock-rows.ts'
import {
  gapsOf,
  playlistEndMs,
  runsOf,
  SEGMENTS_MAX,
  spansOfIncident,
  type KeptGap,
  type KeptRun,
  type WantedSpan,
} from './recording-rows.ts'

/** Older pictures are looked at for a reason, which goes into the audit. */
export const REASON_AFTER_MS = 24 * 3600_000
/** A worker reports every second; what is not told ten seconds after its time will not come by itself. */
const SETTLED_MS = 10_000

export function needsReason(span: Span, nowMs: number): boolean {
  return nowMs - span.fromMs > REASON_AFTER_MS
}

/** What there is of an incident, per camera, with what is missing and why. The incident exists. */
export async function readRecordings(
  database: Database,
  incidentId: string,
  nowMs: number,
): Promise<IncidentRecordings> {
  const spans = await spansOfIncident(database, incidentId)
  const [lock, runs, gaps] = await Promise.all([
    lockOf(database, incidentId),
    runsOf(database, incidentId),
    gapsOf(database, spans),
  ])
  const [runsBy, gapsBy] = [byCamera(runs), byCamera(gaps)]
  const cameras = spans.map(async (span) => {
    const kept = runsBy.get(span.cameraId) ?? []
    const camera = cameraOf(span, kept, gapsBy.get(span.cameraId) ?? [], nowMs)
    if (kept.reduce((sum, run) => sum + run.segments, 0) <= SEGMENTS_MAX) return camera
    return { ...camera, playlistUntilAt: toIso(await playlistEndMs(database, span.cameraId, span)) }
  })
  const isOld = spans.some((span) => needsReason(span, nowMs))
  return { incidentId, lock, needsReason: isOld, cameras: await Promise.all(cameras) }
}

function byCamera<Row extends { cameraId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const by = new Map<string, Row[]>()
  for (const row of rows) {
    const known = by.get(row.cameraId)
    if (known) known.push(row)
    else by.set(row.cameraId, [row])
  }
  return by
}

function cameraOf(
  span: WantedSpan,
  kept: readonly KeptRun[],
  told: readonly KeptGap[],
  nowMs: number,
): CameraRecording {
  const { incidentId, cameraId } = span
  const isRunning = nowMs < span.toMs + SETTLED_MS
  // What is still to come, or on its way, is not missing.
  const untilMs = isRunning ? Math.min(span.toMs, Math.max(kept.at(-1)?.toMs ?? 0, nowMs - SETTLED_MS)) : span.toMs
  const gaps = holesOf({ fromMs: span.fromMs, toMs: untilMs }, kept).flatMap((hole) => explain(hole, told))
  return {
    cameraId,
    fromAt: toIso(span.fromMs),
    untilAt: toIso(span.toMs),
    isRunning,
    kept: kept.map(({ fromMs, toMs }) => ({ fromAt: toIso(fromMs), toAt: toIso(toMs) })),
    gaps,
    bytes: kept.reduce((sum, run) => sum + run.bytes, 0),
    playlist: kept.length === 0 ? null : `/recordings/${incidentId}/${cameraId}/index.m3u8`,
  }
}

/**
 * A hole, cut where the reasons change; what nobody has told is `not-recorded`. Where two are told, the shorter one knows more: a
 * worker that was restarted tells all of the time before it, also what another one has told already.
 */
function explain(hole: Span, told: readonly KeptGap[]): RecordingGap[] {
  const found: KeptGap[] = []
  for (const gap of [...told].sort((a, b) => a.toMs - a.fromMs - (b.toMs - b.fromMs))) {
    const untold = holesOf(hole, joinSpans(found))
    for (const { fromMs, toMs } of untold) {
      const part = { ...gap, fromMs: Math.max(gap.fromMs, fromMs), toMs: Math.min(gap.toMs, toMs) }
      if (part.toMs > part.fromMs) found.push(part)
    }
  }
  const untold = holesOf(hole, joinSpans(found))
  return [...found, ...untold.map((span) => ({ ...span, reason: 'not-recorded' as const, detail: null }))]
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ fromMs, toMs, reason, detail }) => ({ fromAt: toIso(fromMs), toAt: toIso(toMs), reason, detail }))
}
