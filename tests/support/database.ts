import { createHash, randomBytes } from 'node:crypto'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createDatabase, type Database } from '../../gateway/store/database.ts'
import { migrate, readMigrations } from '../../gateway/store/migrate.ts'
import { askRun } from './ask-run.ts'

export interface TestDatabase {
  url: string
  /** Open on `url`. */
  database: Database
  metrics: Metrics
  /** Closes `database` and removes it from the server. Call it in afterAll/afterEach: the others' connections are ended. */
  drop(): Promise<void>
}

/**
 * A fresh migrated database on a real server: VIGIL_TEST_DATABASE_URL, else the embedded server that all files of a run share.
 * Cloned from a migrated template: about 50 ms.
 * @param serverUrl another server, for the TimescaleDB leg
 */
export async function testDatabase(serverUrl?: string): Promise<TestDatabase> {
  const server = serverUrl ?? (await testServerUrl())
  const name = `test_${randomBytes(6).toString('hex')}`
  await withServer(server, async (root) => {
    const template = await ensureTemplate(root, server)
    await cloneFrom(root, template, name)
  })
  const url = urlOf(server, name)
  const metrics = new Metrics()
  const database = createDatabase({ url, log: silentLog, metrics, poolMax: 6 })
  return {
    url,
    database,
    metrics,
    drop: async () => {
      await database.close()
      await withServer(server, (root) => root.query(`drop database if exists ${name} with (force)`))
    },
  }
}

/** An empty database, for the tests of the migrations themselves. */
export async function emptyDatabase(serverUrl?: string): Promise<{ url: string; drop(): Promise<void> }> {
  const server = serverUrl ?? (await testServerUrl())
  const name = `empty_${randomBytes(6).toString('hex')}`
  await withServer(server, (root) => root.query(`create database ${name}`))
  return {
    url: urlOf(server, name),
    drop: () => withServer(server, (root) => root.query(`drop database if exists ${name} with (force)`)),
  }
}

/** The server of this run: configured, or the shared embedded one (started now if it is the first time). */
export async function testServerUrl(): Promise<string> {
  const configured = process.env['VIGIL_TEST_DATABASE_URL']
  if (configured) return configured
  return askRun('/database')
}

async function withServer<T>(server: string, work: (root: Database) => Promise<T>): Promise<void> {
  const root = createDatabase({
    url: urlOf(server, 'postgres'),
    log: silentLog,
    metrics: new Metrics(),
    poolMax: 1,
    statementTimeoutMs: 60_000,
  })
  try {
    await work(root)
  } finally {
    await root.close()
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** Named by the contents of the migrations, so that a changed file makes a new one. */
async function ensureTemplate(root: Database, server: string): Promise<string> {
  const hash = createHash('sha256')
  for (const { number, sql } of readMigrations()) hash.update(`${number}\0${sql}\0`)
  const template = `template_${hash.digest('hex').slice(0, 16)}`
  const exists = async () => {
    const rows = await root.query('select 1 from pg_database where datname = $1 and datistemplate', [template])
    return rows.length > 0
  }
  // Two files may ask at once; the session's lock goes with its connection (poolMax is 1).
  await root.query('select pg_advisory_lock(84446)')
  if (!(await exists())) {
    await root.query(`drop database if exists ${template} with (force)`)
    await root.query(`create database ${template}`)
    await migrate({ url: urlOf(server, template), log: silentLog, metrics: new Metrics() })
    await root.query(`alter database ${template} is_template true`)
  }
  await root.query('select pg_advisory_unlock(84446)')
  return template
}

/** TimescaleDB's scheduler looks into each database for a moment; a clone waits until the template is alone. */
async function cloneFrom(root: Database, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await root.query(`create database ${name} template ${template}`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt >= 50) throw error
      await root.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [template])
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
