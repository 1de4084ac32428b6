import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { askRun } from './ask-run.ts'

/** A program of ours running as it does in the centre: compiled, as a child with a message channel. */
export interface Program {
  child: ChildProcess
  /** What it sent with its ready message. */
  ready: Record<string, unknown>
  /** Its log lines so far. */
  lines: string[]
  /** kill -9 and wait until it is gone. */
  kill(): Promise<void>
  /** SIGTERM; @returns the exit code */
  stop(): Promise<number | null>
}

/** A program that is not ready after this long will not be. */
const READY_MS = 30_000

/**
 * Starts `dist/{path}`, e.g. `gateway/intake/intake-main.js`, compiled from the present sources, and waits until it is ready.
 * The environment is only what is given.
 */
export async function startProgram(path: string, env: Record<string, string>): Promise<Program> {
  const folder = path.split('/')[0]!
  await askRun(`/build/${folder}`)
  const file = fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))
  const child = fork(file, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)))
  }
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${path} is not ready: ${lines.join('\n')}`))
    }, READY_MS)
    child.on('message', (message: Record<string, unknown>) => {
      if (message['type'] !== 'ready') return
      clearTimeout(timer)
      resolve(message)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`${path} ended with ${code}: ${lines.join('\n')}`))
    })
  })
  return {
    child,
    ready,
    lines,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      child.kill('SIGTERM')
      return gone
    },
  }
}
