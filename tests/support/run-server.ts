import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reasonOf } from '../../domain/fault.ts'
import { silentLog } from '../../domain/log.ts'
import { type Embedded, startEmbedded } from '../../deploy/postgres/embedded.ts'

/**
 * What all test files of a run share, made for the first that asks (most runs of one folder need none). Test files run in processes
 * of their own, so they ask over loopback HTTP: `GET /database` → the address of one embedded server; `GET /build/gateway` → when that
 * folder's programs in dist/ are up to date.
 */
export class RunServer {
  readonly #http: Server
  readonly #builds = new Map<string, Promise<string>>()
  #folder: string | null = null
  #database: Promise<Embedded> | null = null

  constructor() {
    this.#http = createServer((req, res) => {
      this.#answer(req.url ?? '/').then(
        (text) => res.end(text),
        (error: unknown) => res.writeHead(500).end(reasonOf(error)),
      )
    })
  }

  /** @returns its own address */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#http.close()
    if (this.#database) await (await this.#database).stop()
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true })
  }

  async #answer(path: string): Promise<string> {
    if (path === '/database') return (await (this.#database ??= this.#start())).url
    const folder = /^\/build\/([a-z-]+)$/.exec(path)?.[1]
    if (!folder) throw new Error(`nothing at ${path}`)
    const build = this.#builds.get(folder) ?? compile(folder)
    this.#builds.set(folder, build)
    return build
  }

  async #start(): Promise<Embedded> {
    this.#folder = mkdtempSync(join(tmpdir(), 'vigil-test-'))
    // As root the server has a user of its own, who must be able to enter; else the data would be kept below /var/lib.
    chmodSync(this.#folder, 0o755)
    return startEmbedded({ dataDir: this.#folder, log: silentLog })
  }
}

/** Incremental: 0.3 s when nothing changed. Type errors are the type check's affair; what it said comes back as text. */
function compile(folder: string): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  return new Promise((resolve, reject) => {
    const tsc = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-b', folder], { cwd: root })
    let words = ''
    tsc.stdout.on('data', (chunk: Buffer) => (words += chunk.toString()))
    tsc.on('error', reject)
    tsc.on('close', () => resolve(words))
  })
}
