import type { ServerResponse } from 'node:http'
import type { CoverageReport, ResponseTimes } from '../../domain/wire/reports.ts'

type Cell = string | number | null

/** With it Excel knows that the file is UTF-8; without it every Chinese name is garbage. */
const BOM = '﻿'
/** What a spreadsheet takes for a formula when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/

/** Rows as a CSV file for a spreadsheet: UTF-8 with a mark, CRLF, and no text that would be run as a formula. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return `${BOM}${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  // A leading apostrophe says "this is text" and is not shown.
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function responseTimesCsv(report: ResponseTimes): string {
  const phases = ['handling', 'turnout', 'travel', 'response'] as const
  const heading = phases.flatMap((phase) => [`${phase}_p50_s`, `${phase}_p90_s`])
  const lines = report.groups.map((line): Cell[] => [
    line.key ?? '',
    line.name,
    line.n,
    rounded(line.insideShare, 4),
    ...phases.flatMap((phase) => line[`${phase}S`].map((seconds) => rounded(seconds, 1))),
  ])
  const excluded = Object.entries(report.excludedBy).map(([why, n]): Cell[] => [why, n])
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
    ...report.excluded.map(({ assignmentId, why }): Cell[] => [assignmentId, why]),
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
    ...report.days.map((day): Cell[] => [
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

/** Answers with the file itself. */
export function sendCsv(res: ServerResponse, name: string, text: string): void {
  res.setHeader('content-type', 'text/csv; charset=utf-8')
  res.setHeader('content-disposition', `attachment; filename="${name}.csv"`)
  res.setHeader('cache-control', 'private, no-store')
  res.end(text)
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}
