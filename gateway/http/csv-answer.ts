import type { ServerResponse } from 'node:http'

export type CsvCell = string | number | null

/** With it Excel knows that the file is UTF-8; without it every Chinese name is garbage. */
const BOM = '﻿'
/** What a spreadsheet takes for a formula when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/

/** Rows as a CSV file for a spreadsheet: UTF-8 with a mark, CRLF, and no text that would be run as a formula. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return `${BOM}${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
}

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  // A leading apostrophe says "this is text" and is not shown.
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Answers with the file itself. */
export function sendCsv(res: ServerResponse, name: string, text: string): void {
  res.setHeader('content-type', 'text/csv; charset=utf-8')
  res.setHeader('content-disposition', `attachment; filename="${name}.csv"`)
  res.setHeader('cache-control', 'private, no-store')
  res.end(text)
}
