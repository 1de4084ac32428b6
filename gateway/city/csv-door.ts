import { parse } from 'csv-parse/sync'

export interface CsvTable {
  /** Names of the columns, in the order of the file. */
  header: string[]
  rows: Record<string, string>[]
}

/**
 * The one door to csv-parse in the gateway.
 * @param mayEndEarly a row may have fewer cells than the header: the last ones are empty
 * @throws Error of the package, which names the line
 */
export function readCsv(text: string, mayEndEarly = false): CsvTable {
  let header: string[] = []
  const columns = (names: string[]) => (header = names)
  const rows: Record<string, string>[] = parse(text, {
    columns,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count_less: mayEndEarly,
  })
  return { header, rows }
}

/** UTF-8, or what a Chinese spreadsheet writes when it is asked for plain CSV. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return new TextDecoder('gb18030').decode(bytes)
  }
}
