import { toIso } from '../../domain/clock.ts'
import type { Segment } from './ring.ts'
import { endMsOf } from './ring.ts'

/** Playlists of RFC 8216bis (low-latency HLS) as text. Pure. */

export interface PlaylistShape {
  segments: readonly Segment[]
  nextMsn: number
  discontinuitySequence: number
  partTargetTicks: number
  targetDurationS: number
  /** How much of the ring is listed; the rest is there for loops. */
  windowMs: number
}

/** Players begin three target durations before the end, and a list of six seconds is read five times a second by each. */
export const LIVE_WINDOW_MS = 6_000
const LISTED_SEGMENTS_MIN = 3
/** A camera that has sent nothing for so long is not live any more; what is from before such a silence is not listed with what is live. */
export const FRESH_MS = 10_000
/** Parts older than this no player asks for; they stay fetchable inside their segment. */
const SEGMENTS_WITH_PARTS = 2

/** The listed segments, oldest first, and how many of the ring stand before them. */
function listed(shape: PlaylistShape): { from: number; segments: readonly Segment[] } {
  let from = shape.segments.length
  let ticks = 0
  let complete = 0
  while (from > 0 && (ticks / 90 < shape.windowMs || complete < LISTED_SEGMENTS_MIN)) {
    const segment = shape.segments[from - 1]!
    const next = shape.segments[from]
    if (next && complete > 0 && next.startedAtMs - endMsOf(segment) >= FRESH_MS) break
    from--
    ticks += segment.durationTicks
    if (segment.isComplete) complete++
  }
  return { from, segments: shape.segments.slice(from) }
}

/** @param mayskip the client asked for a delta update (`_HLS_skip=YES`) */
export function livePlaylist(shape: PlaylistShape, maySkip: boolean): string {
  const { from, segments } = listed(shape)
  const target = shape.targetDurationS
  const skipUntilS = target * 6
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${target}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(shape.partTargetTicks * 3)},CAN-SKIP-UNTIL=${skipUntilS.toFixed(1)}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(shape.partTargetTicks)}`,
    ...counted(shape, from),
  ]
  const skipped = maySkip ? skippable(segments, skipUntilS) : 0
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`)
  const firstWithParts = segments.length - SEGMENTS_WITH_PARTS - (segments.at(-1)?.isComplete === false ? 1 : 0)
  segments.forEach((segment, index) => {
    if (index < skipped) return
    pushHead(lines, segment, segments[index - 1])
    if (index >= firstWithParts) pushParts(lines, segment)
    if (segment.isComplete) lines.push(`#EXTINF:${seconds(segment.durationTicks)},`, segment.name)
  })
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint(segments, shape.nextMsn)}"`)
  return lines.join('\n') + '\n'
}

/** Whole segments and nothing that asks a player to wait for more: hls.js holds requests also when it is told to play without parts. */
export function plainPlaylist(shape: PlaylistShape): string {
  const { from, segments } = listed(shape)
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${shape.targetDurationS}`,
    ...counted(shape, from),
  ]
  segments.forEach((segment, index) => {
    if (!segment.isComplete) return
    pushHead(lines, segment, segments[index - 1])
    lines.push(`#EXTINF:${seconds(segment.durationTicks)},`, segment.name)
  })
  return lines.join('\n') + '\n'
}

/** The numbers of a list that begins at that place of the ring. */
function counted(shape: PlaylistShape, from: number): string[] {
  const gone = shape.segments.slice(0, from).filter((segment) => segment.isDiscontinuous).length
  return [
    `#EXT-X-MEDIA-SEQUENCE:${shape.segments[from]?.msn ?? shape.nextMsn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${shape.discontinuitySequence + gone}`,
  ]
}

function pushHead(lines: string[], segment: Segment, before: Segment | undefined): void {
  // A first listed segment's own discontinuity is still ahead of a player that begins with it.
  if (segment.isDiscontinuous) lines.push('#EXT-X-DISCONTINUITY')
  if (before?.init !== segment.init) lines.push(`#EXT-X-MAP:URI="${segment.init.name}"`)
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${toIso(segment.takenAtMs ?? segment.startedAtMs)}`)
}

function pushParts(lines: string[], segment: Segment): void {
  for (const part of segment.parts) {
    const independent = part.isIndependent ? ',INDEPENDENT=YES' : ''
    lines.push(`#EXT-X-PART:DURATION=${seconds(part.durationTicks)},URI="${part.name}"${independent}`)
  }
}

function hint(segments: readonly Segment[], nextMsn: number): string {
  const last = segments.at(-1)
  return last && !last.isComplete ? `p${last.msn}.${last.parts.length}.m4s` : `p${nextMsn}.0.m4s`
}

/** How many segments lie wholly further from the end than the skip boundary. */
function skippable(segments: readonly Segment[], skipUntilS: number): number {
  let fromEndS = segments.reduce((sum, segment) => sum + segment.durationTicks / 90_000, 0)
  let count = 0
  for (const segment of segments) {
    fromEndS -= segment.durationTicks / 90_000
    if (fromEndS < skipUntilS) return count
    count++
  }
  return 0
}

/**
 * A plain VOD playlist over whole segments, for the picture of the seconds before an alarm.
 * @param segments complete ones, oldest first
 */
export function loopPlaylist(segments: readonly Segment[]): string {
  const longestS = Math.max(1, ...segments.map((segment) => Math.round(segment.durationTicks / 90_000)))
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXT-X-TARGETDURATION:${longestS}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? 0}`,
  ]
  segments.forEach((segment, index) => {
    const before = segments[index - 1]
    const jumps = before !== undefined && (segment.isDiscontinuous || segment.msn !== before.msn + 1)
    if (jumps) lines.push('#EXT-X-DISCONTINUITY')
    if (before?.init !== segment.init) lines.push(`#EXT-X-MAP:URI="${segment.init.name}"`)
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${toIso(segment.startedAtMs)}`)
    lines.push(`#EXTINF:${seconds(segment.durationTicks)},`, segment.name)
  })
  return lines.concat('#EXT-X-ENDLIST').join('\n') + '\n'
}

/** Five decimals: a tick is 11 µs. */
function seconds(ticks: number): string {
  return (ticks / 90_000).toFixed(5)
}
