import type { CoverageReport, ResponseTimes } from '../../domain/wire/reports.ts'
import { csvText, type CsvCell } from '../http/csv-answer.ts'

export function responseTimesCsv(report: ResponseTimes): string {
  const phases = ['handling', 'turnout', 'travel', 'response'] as const
  const heading = phases.flatMap((phase) => [`${phase}_p50_s`, `${phase}_p90_s`])
  const lines = report.groups.map((line): CsvCell[] => [
    line.key ?? '',
    line.name,
    line.n,
    rounded(line.insideShare, 4),
    ...phases.flatMap((phase) => line[`${phase}S`].map((seconds) => rounded(seconds, 1))),
  ])
  const excluded = Object.entries(report.excludedBy).map(([why, n]): CsvCell[] => [why, n])
  return csvText([
    ['from', report.from, 'to', report.to],
    ['percentiles', report.percentiles],
    [],
    [report.by, 'name', 'n', 'inside_share', ...heading],
    ...lines,
    [],
    ['excluded', 'orders'],
    ...excluded,
    [],
    ['excluded_order', 'why'],
    ...report.excluded.map(({ assignmentId, why }): CsvCell[] => [assignmentId, why]),
  ])
}

export function coverageCsv(report: CoverageReport): string {
  return csvText([
    ['from', report.from, 'to', report.to, 'held_share', report.heldShare, 'time_zone', report.timeZone],
    [],
    [
      'day',
      'zone',
      'name',
      'goals_s',
      'measured_minutes',
      'held_minutes',
      'held_of_measured',
      'mean_share',
      'least_share',
    ],
    ...report.days.map((day): CsvCell[] => [
      day.day,
      day.zoneId,
      day.name,
      day.goalsS.join(' '),
      day.measured,
      day.held,
      rounded(day.heldOfMeasured, 4),
      rounded(day.meanShare, 4),
      rounded(day.leastShare, 4),
    ]),
  ])
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
