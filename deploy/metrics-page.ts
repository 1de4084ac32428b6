import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { reasonOf } from '../domain/fault.ts'
import { Metrics } from '../domain/metrics.ts'
import type { Program } from './program.ts'

/** A program that does not answer within this is left out of the page and counted. */
const ASK_MS = 2_000
/** Linux reports CPU time in ticks of this length. */
const TICKS_PER_S = 100
const PAGE_BYTES = 4096

/**
 * `/metrics` of the whole machine on a port of its own: asks each program for its page and adds the label `program`, plus memory,
 * CPU seconds and restarts of each process.
 */
export function serveMetrics(programs: () => readonly Program[], host: string, port: number): Promise<Server> {
  const own = new Metrics()
  const silent = own.counter('vigil_metrics_silent_total', 'times a program did not answer for its metrics')
  const memory = own.gauge('vigil_process_resident_bytes', 'resident memory of each process')
  const cpu = own.gauge('vigil_process_cpu_seconds', 'CPU time of each process, user and system')
  const restarts = own.gauge('vigil_process_restarts', 'restarts of each process since the start of the launcher')
  const up = own.gauge('vigil_process_up', '1 when the process is ready')

  const page = async (): Promise<string> => {
    const parts = await Promise.all(
      programs().map(async (program) => {
        const labels = { program: program.name }
        up.of(labels).set(program.isReady ? 1 : 0)
        restarts.of(labels).set(program.restarts)
        readProcess(program.pid, (bytes, seconds) => {
          memory.of(labels).set(bytes)
          cpu.of(labels).set(seconds)
        })
        if (program.metricsPort === null) return ''
        try {
          const answer = await fetch(`http://127.0.0.1:${program.metricsPort}/metrics`, {
            signal: AbortSignal.timeout(ASK_MS),
          })
          return labelled(await answer.text(), program.name)
        } catch (error) {
          silent.of({ ...labels, reason: reasonOf(error).slice(0, 60) }).add()
          return ''
        }
      }),
    )
    return mergeFamilies(own.text() + parts.join(''))
  }
  const server = createServer((req, res) => {
    if (req.url !== '/metrics') {
      res.writeHead(404).end('only /metrics is here\n')
      return
    }
    page().then(
      (text) => res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
      (error: unknown) => res.writeHead(500).end(reasonOf(error)),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}

function labelled(text: string, program: string): string {
  return text.replaceAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /gm, (_line, name: string, labels: string | undefined) =>
    labels ? `${name}{program="${program}",${labels}} ` : `${name}{program="${program}"} `,
  )
}

/** A family may be announced once only, and its lines stand together: the format demands it. */
function mergeFamilies(text: string): string {
  const families = new Map<string, { head: Map<string, string>; lines: string[] }>()
  let current = ''
  for (const line of text.split('\n')) {
    const head = /^# (HELP|TYPE) (\S+) /.exec(line)
    if (head) current = head[2]!
    if (line === '') continue
    const family = families.get(current) ?? { head: new Map<string, string>(), lines: [] }
    families.set(current, family)
    if (head) family.head.set(head[1]!, line)
    else family.lines.push(line)
  }
  let page = ''
  for (const { head, lines } of families.values()) page += [...head.values(), ...lines].join('\n') + '\n'
  return page
}

function readProcess(pid: number | null, report: (residentBytes: number, cpuSeconds: number) => void): void {
  if (pid === null || process.platform !== 'linux') return
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    report(Number(fields[21]) * PAGE_BYTES, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S)
  } catch (error) {
    // The process ended between two looks; its restart is counted above.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
