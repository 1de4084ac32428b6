import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { createDatabase } from '../../gateway/store/database.ts'
import { type Program, startProgram } from '../support/program.ts'

let dataDir: string
let keeper: Program | null = null
// One folder for all: a first start copies the binaries and makes the cluster, that is tested by the first test.
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigil-keeper-'))
  // As root the server has a user of its own, who must be able to enter; else the data would be kept below /var/lib.
  chmodSync(dataDir, 0o755)
})
afterEach(async () => {
  if (keeper?.child.exitCode === null && keeper.child.signalCode === null) await keeper.stop()
  await expect.poll(() => servers(), { timeout: 10_000 }).toEqual([])
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const start = async () => (keeper = await startProgram('deploy/postgres/keeper-main.js', { VIGIL_DATA_DIR: dataDir }))
const urlOf = (program: Program) => String(program.ready['databaseUrl'])

/** Processes of our server, by the folder in their command line. */
function servers(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(dataDir) && line.includes('bin/postgres'))
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const database = createDatabase({ url, log: silentLog, metrics: new Metrics(), poolMax: 1 })
  try {
    return await database.query(sql)
  } finally {
    await database.close()
  }
}

describe('the embedded database', () => {
  it('is there after the start, on the same address the next time, with what was written', async () => {
    const first = await start()
    await ask(urlOf(first), `create table kept as select 'yes' as word`)
    expect(await first.stop()).toBe(0)
    expect(servers()).toEqual([])
    const second = await start()
    expect(urlOf(second)).toBe(urlOf(first))
    expect(await ask(urlOf(second), 'select word from kept')).toEqual([{ word: 'yes' }])
  })

  it('keeps its password where only its owner can read it, and lets nobody in without', async () => {
    const { ready } = await start()
    const url = new URL(String(ready['databaseUrl']))
    const file = join(dataDir, 'postgres', 'password')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8').trim()).toBe(url.password)
    url.password = 'guess'
    await expect(ask(url.href, 'select 1')).rejects.toThrow(/password authentication failed/)
    expect(url.hostname).toBe('127.0.0.1')
  })

  it('is stopped when its keeper is killed with -9', async () => {
    const first = await start()
    expect(servers()).not.toEqual([])
    await first.kill()
    await expect.poll(() => servers(), { timeout: 10_000 }).toEqual([])
  })

  it('that is killed itself ends its keeper, and the next one recovers what was committed', async () => {
    const first = await start()
    await ask(urlOf(first), `create table before_crash as select 7 as n`)
    const gone = new Promise((resolve) => first.child.once('exit', resolve))
    const postmaster = readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]
    process.kill(Number(postmaster), 'SIGKILL')
    expect(await gone).toBe(1)
    const second = await start()
    expect(await ask(urlOf(second), 'select n from before_crash')).toEqual([{ n: 7 }])
  })

  it('is stopped when the launcher is gone', async () => {
    const first = await start()
    first.child.disconnect()
    await expect.poll(() => servers(), { timeout: 10_000 }).toEqual([])
  })

  it('comes back at once after a kill -9 of its keeper', async () => {
    const first = await start()
    await first.kill()
    const second = await start()
    expect(await ask(urlOf(second), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('takes another port when its own is taken, and says so to nobody but its programs', async () => {
    await (await start()).stop()
    const port = Number(readFileSync(join(dataDir, 'postgres', 'port'), 'utf8'))
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const second = await start()
    expect(Number(new URL(urlOf(second)).port)).not.toBe(port)
    squatter.close()
  })

  it('starts although its last pid now belongs to another process', async () => {
    await (await start()).stop()
    const folder = join(dataDir, 'postgres', 'data')
    writeFileSync(join(folder, 'postmaster.pid'), `${process.pid}\n${folder}\n1\n1\n\n127.0.0.1\n`)
    const second = await start()
    expect(await ask(urlOf(second), 'select 1 as one')).toEqual([{ one: 1 }])
  })
})
