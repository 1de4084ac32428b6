import { finished } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { type PoolClient, quoteName } from './door-pg.ts'

/** The one door to `pg-copy-streams`: rows in PostgreSQL's binary COPY format (see copy-binary.ts) into one table. */
export async function copyBinary(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  chunks: Iterable<Buffer>,
): Promise<number> {
  const names = columns.map(quoteName).join(', ')
  const stream = client.query(from(`copy ${quoteName(table)} (${names}) from stdin (format binary)`))
  const done = finished(stream)
  // The loop below may wait for a drain that never comes when the server refuses a row; `done` then holds the reason.
  done.catch(() => undefined)
  for (const chunk of chunks) {
    if (stream.destroyed) break
    if (!stream.write(chunk)) await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), done])
  }
  stream.end()
  await done
  return stream.rowCount
}
