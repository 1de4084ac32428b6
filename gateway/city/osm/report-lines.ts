import type { LeftOutWay } from '../../../domain/osm/way-tags.ts'
import type { Bounds } from './read-map.ts'
import type { RoadReport } from './write-roads.ts'

const WHY: Record<LeftOutWay, string> = {
  'not-a-highway': 'are no roads (buildings, rivers, borders)',
  'not-for-cars': 'are for walking, cycling or farming',
  'not-built-yet': 'are not built yet, or no more',
  'no-access': 'are closed to the public (access no or private)',
  reversible: 'change their direction by the hour',
  area: 'are squares, not lines',
}

/** What the import did, in the operator's words: what is in the folder, what was left out and why, what to do next. */
export function reportLines(
  report: RoadReport,
  context: { out: string; seconds: number; peakMb: number; bounds: Bounds | null; isNew: boolean },
): string[] {
  const { leftOut, notConnected } = report
  const lines = [
    `${report.roads} roads (${report.roadKm} km, ${report.oneways} one-way) and ${report.junctions} junctions are in ${context.out}, after ${context.seconds.toFixed(1)} s and with at most ${context.peakMb} MB of memory.`,
    '',
    `Of ${report.ways} ways in the file ${report.kept} are for cars. Left out:`,
    ...Object.entries(leftOut).flatMap(([why, count]) =>
      count === 0 ? [] : [`${String(count).padStart(9)}  ${WHY[why as LeftOutWay]}`],
    ),
    `${String(report.outsideWays).padStart(9)}  lie outside of the file${context.bounds ? ' or the bounds' : ''}; ${report.cutWays} more end at its border`,
    `${String(notConnected.roads).padStart(9)}  roads (${notConnected.km} km) from which one cannot drive to the rest and back`,
    `${String(report.withoutLength).padStart(9)}  roads without any length`,
  ]
  if (report.oddSpeeds > 0) {
    lines.push('', `${report.oddSpeeds} ways have a limit that is no number; they are driven as their class.`)
  }
  if (context.bounds) lines.push('', `Only what lies inside of ${context.bounds.join(', ')} was taken.`)
  if (context.isNew) lines.push('', 'city.json was not there: one was written, its names are to be filled in.')
  return lines
}
