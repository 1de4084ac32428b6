import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '../../domain/fault.ts'
import { silentLog } from '../../domain/log.ts'
import { type Embedded, startEmbedded } from '../../deploy/postgres/embedded.ts'

/**
 * One embedded server for all test files of a run, started by the first that asks (most runs of one folder need none). Test files run in
 * processes of their own, so they ask over loopback HTTP: `GET /` → the address of the server.
 */
export class DatabaseBroker {
  readonly #http: Server
  #folder: string | null = null
  #server: Promise<Embedded> | null = null

  constructor() {
    this.#http = createServer((_req, res) => {
      this.#server ??= this.#start()
      this.#server.then(
        (server) => res.end(server.url),
        (error: unknown) => res.writeHead(500).end(reasonOf(error)),
      )
    })
  }

  /** @returns its own address */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`
  }

  async close(): Promise<void> {
    this.#http.close()
    if (this.#server) await (await this.#server).stop()
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<Embedded> {
    this.#folder = mkdtempSync(join(tmpdir(), 'vigil-test-'))
    return startEmbedded({ dataDir: this.#folder, log: silentLog })
  }
}
