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
  // Whatever ends it: null, or the reason. The loop may wait for a drain that never comes because the server has refused a row.
  const ended = finished(stream).then(
    () => null,
    (error: unknown) => error,
  )
  for (const chunk of chunks) {
    if (stream.destroyed) break
    if (!stream.write(chunk)) await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), ended])
  }
  stream.end()
  const error = await ended
  if (error !== null) throw error
  return stream.rowCount
}
