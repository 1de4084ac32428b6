import { readFileSync } from 'node:fs'
import pg from 'pg'

/**
 * Loaded before the core by `NODE_OPTIONS=--import`, for the test of the catalogue itself: breaks one promise while the file VIGIL_FAULTS_PLANTED
 * names it. `escalation-lost`: timers are not written. `twice`: a repeated signal is stored as a new one (the test has taken the table's own
 * guard away).
 */
const file = process.env['VIGIL_FAULTS_PLANTED'] ?? ''
const GUARD = /on conflict \(device_id, event_id\) do nothing/

if (process.argv[1]?.endsWith('core-main.js')) {
  const { prototype } = pg.Client as unknown as { prototype: { query(...args: unknown[]): unknown } }
  const query = prototype.query
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [sql, ...rest] = args
    if (typeof sql !== 'string') return query.apply(this as never, args)
    const planted = readFileSync(file, 'utf8')
    if (planted === 'escalation-lost' && sql.startsWith('insert into timer'))
      return Promise.resolve({ rows: [], rowCount: 0 })
    if (planted === 'twice' && sql.startsWith('insert into signal'))
      return query.apply(this as never, [sql.replace(GUARD, ''), ...rest])
    return query.apply(this as never, args)
  }
}
