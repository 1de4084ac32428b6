import type { JournalCursor } from '../intake/journal/reader.ts'
import type { Queryable, Tx } from '../store/database.ts'

/** How far this journal has taken effect; the row is locked until the end of the transaction. */
export async function lockCursor(tx: Tx, journal: string): Promise<JournalCursor> {
  await tx.execute(
    'insert into journal_cursor (journal, segment, byte_offset, record) values ($1, 0, 0, 0) on conflict do nothing',
    [journal],
  )
  const rows = await tx.query<JournalCursor>(
    `select segment, byte_offset as "byteOffset", record from journal_cursor where journal = $1 for update`,
    [journal],
  )
  return rows[0]!
}

export async function moveCursor(tx: Tx, journal: string, place: JournalCursor): Promise<void> {
  await tx.execute(
    'update journal_cursor set segment = $2, byte_offset = $3, record = $4, changed_at = now() where journal = $1',
    [journal, place.segment, place.byteOffset, place.record],
  )
}

/** Where reading goes on after a restart. */
export async function readCursor(database: Queryable, journal: string): Promise<JournalCursor | null> {
  const rows = await database.query<JournalCursor>(
    `select segment, byte_offset as "byteOffset", record from journal_cursor where journal = $1`,
    [journal],
  )
  return rows[0] ?? null
}
