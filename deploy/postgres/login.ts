import pg from 'pg'

/** The launcher's door to `pg`: it only needs to know whether a login works. */
export interface LoginAnswer {
  /** ok: the server answers · starting: it is there but not ready (or going down) · refused: wrong password or database · silent: nobody there */
  state: 'ok' | 'starting' | 'refused' | 'silent'
  reason: string
}

/** A local login takes milliseconds; a server that needs two seconds is busy recovering. */
const LOGIN_TIMEOUT_MS = 2_000

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: LOGIN_TIMEOUT_MS,
    query_timeout: 30_000,
    application_name: 'vigil-keeper',
  })
  // Without a listener, a connection that breaks between two queries would end the program.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Tries one login and one query. */
export async function tryLogin(url: string): Promise<LoginAnswer> {
  try {
    await withClient(url, (client) => client.query('select 1'))
    return { state: 'ok', reason: '' }
  } catch (error) {
    const { code = '', message = String(error) } = error as { code?: string; message?: string }
    if (code === '57P03') return { state: 'starting', reason: message }
    // 28…: authorisation · 3D000: no such database
    if (code.startsWith('28') || code === '3D000') return { state: 'refused', reason: message }
    return { state: 'silent', reason: message }
  }
}

/** The folder in which the server that answers at `url` keeps its files. */
export function serverFolder(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const answer = await client.query<{ data_directory: string }>('show data_directory')
    return answer.rows[0]?.data_directory ?? ''
  })
}

/** Creates the database when it is not there. */
export function ensureDatabase(url: string, name: string): Promise<void> {
  return withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  })
}
