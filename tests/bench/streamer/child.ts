import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What every child of the bench tells about itself beside its own figures. */
export interface ChildSample {
  atMs: number
  userMs: number
  systemMs: number
  rssBytes: number
  pid: number
}

type Deeds = Record<string, (argument: number) => object | Promise<object | void> | void>

/** In the child: answers `{ask, argument}` with the deed's figures, its CPU and its memory; leaves with its parent. */
export function answerParent(deeds: Deeds): void {
  process.on('message', ({ ask, argument }: { ask: string; argument: number }) => {
    void (async () => {
      if (ask === 'collect') globalThis.gc?.()
      const own = (await deeds[ask]?.(argument)) ?? {}
      const { user, system } = process.cpuUsage()
      const base: ChildSample = {
        atMs: performance.now(),
        userMs: user / 1000,
        systemMs: system / 1000,
        rssBytes: residentBytes('self'),
        pid: process.pid,
      }
      process.send?.({ ...base, ...own })
    })()
  })
  process.once('disconnect', () => process.exit(0))
}

/** Resident memory from /proc, `process.memoryUsage` elsewhere. */
export function residentBytes(pid: number | 'self'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024
  } catch (error) {
    if (pid !== 'self') throw error
    return process.memoryUsage.rss()
  }
}

export interface Child {
  ready: number
  ask<T>(what: string, argument?: number): Promise<ChildSample & T>
  stop(): Promise<void>
}

/** In the parent: starts `name` beside this file. */
export async function startChild(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  execArgv: string[] = [],
): Promise<Child> {
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url))
  const child: ChildProcess = fork(path, args, { env: { ...process.env, ...env }, execArgv })
  let answered: (message: unknown) => void = () => undefined
  let failed: (error: Error) => void = () => undefined
  child.on('message', (message) => answered(message))
  child.on('exit', (code) => failed(new Error(`${name} ended with ${String(code)}`)))
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      answered = resolve
      failed = reject
    })
  const { ready } = (await next()) as { ready: number }
  return {
    ready,
    ask: async <T>(what: string, argument = 0) => {
      const answer = next()
      child.send({ ask: what, argument })
      return (await answer) as ChildSample & T
    },
    stop: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
