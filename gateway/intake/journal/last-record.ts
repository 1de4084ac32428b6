import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeRecord, findRecord } from './format.ts'
import { decodeHeader, HEADER_BYTES, type SegmentName } from './segments.ts'

/**
 * The highest record number of a journal, 0 for an empty one. Looks at the newest segments until one tells (a segment may hold only
 * its header). Price: one read of at most 16 MiB at start.
 */
export async function lastRecordNumber(folder: string, segments: readonly SegmentName[]): Promise<number> {
  let highest = 0
  for (const { file, salt } of segments.toReversed()) {
    const bytes = await readFile(join(folder, file))
    const header = decodeHeader(bytes)
    if (header) highest = Math.max(highest, header.firstRecord - 1)
    let records = 0
    for (let at = HEADER_BYTES; at >= 0 && at < bytes.length;) {
      const decoded = decodeRecord(bytes, at, salt)
      if (decoded.state !== 'record') {
        at = findRecord(bytes, at + 1, salt)
        continue
      }
      at += decoded.bytes
      records++
      highest = Math.max(highest, decoded.record.number)
    }
    if (records > 0) break
  }
  return highest
}
