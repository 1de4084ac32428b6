import { toIso } from '../../domain/clock.ts'
import { HOLE_MIN_MS } from '../../domain/recording.ts'
import type { KeptSegment } from './recording-rows.ts'

/**
 * Recorded segments as a VOD playlist (RFC 8216). Holes are left out of the player's time and are discontinuities: a player that is
 * made to play nothing for minutes stalls. The dates tell the truth, and the gaps with their reasons are in the JSON answer. Segments are
 * not promised to be independent: a stream's second one begins before a key frame.
 * @param all oldest first
 * @param max of so many; that there are more, and from when on they are, stands in front of the end
 */
export function recordingPlaylist(all: readonly KeptSegment[], max: number): string {
  const segments = all.slice(0, max)
  const longestS = segments.reduce(
    (longest, { durationTicks }) => Math.max(longest, Math.round(durationTicks / 90_000)),
    1,
  )
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXT-X-TARGETDURATION:${longestS}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
  ]
  segments.forEach((segment, index) => {
    const before = segments[index - 1]
    if (before && isJump(before, segment)) lines.push('#EXT-X-DISCONTINUITY')
    if (before?.fileId !== segment.fileId) lines.push(`#EXT-X-MAP:URI="${segment.fileId}.init.mp4"`)
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${toIso(Math.round(segment.startedAtMs))}`)
    lines.push(`#EXTINF:${(segment.durationTicks / 90_000).toFixed(5)},`, `${segment.fileId}.${segment.offset}.m4s`)
  })
  const next = all[max]
  if (next) lines.push(`# goes on in ?from=${toIso(Math.ceil(next.startedAtMs))}`)
  return lines.concat('#EXT-X-ENDLIST').join('\n') + '\n'
}

function isJump(before: KeptSegment, segment: KeptSegment): boolean {
  if (segment.isDiscontinuous) return true
  return segment.startedAtMs - (before.startedAtMs + before.durationTicks / 90) > HOLE_MIN_MS
}

export type RecordingFileName =
  { kind: 'playlist' } | { kind: 'init'; fileId: string } | { kind: 'segment'; fileId: string; offset: number }

/** The only three forms of a name; null for anything else. */
export function readName(name: string): RecordingFileName | null {
  if (name === 'index.m3u8') return { kind: 'playlist' }
  const [, initOf] = /^([0-9A-Z]{26})\.init\.mp4$/.exec(name) ?? []
  if (initOf !== undefined) return { kind: 'init', fileId: initOf }
  const [, fileId, offset] = /^([0-9A-Z]{26})\.(\d{1,12})\.m4s$/.exec(name) ?? []
  if (fileId === undefined || offset === undefined) return null
  return { kind: 'segment', fileId, offset: Number(offset) }
}
