import { existsSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import pg from 'pg'

/**
 * Loaded before a program by `NODE_OPTIONS=--import`: ends somebody at an exact step of a press's way. The product knows nothing of it: what is
 * watched are the doors to the kernel and to the database that every program has, and what passes there. While the file
 * VIGIL_FAULTS_STEP is there, it holds `{step, side, nth, victim}`; it is removed when the step is reached, so that the next start lives.
 */
interface Order {
  step: string
  side: 'before' | 'after'
  /** At the how-manieth time. */
  nth: number
  /** Who is killed; null: this program. */
  victim: number | null
}

const file = process.env['VIGIL_FAULTS_STEP'] ?? ''
const program = /(intake|core)-main\.js$/.exec(process.argv[1] ?? '')?.[1]
let seen = 0

function reach(step: string, side: Order['side']): void {
  if (!existsSync(file)) return
  const order = JSON.parse(readFileSync(file, 'utf8')) as Order
  if (order.step !== `${program}:${step}` || order.side !== side || ++seen < order.nth) return
  seen = 0
  rmSync(file)
  process.kill(order.victim ?? process.pid, 'SIGKILL')
}

/** Bytes of a chunk as text, whatever was handed over. */
const textOf = (chunk: unknown): string =>
  typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : ''

/** Replaces a method by one that does the same between two looks. @param stepOf null: nothing to see here */
function watchCalls(owner: object, name: string, stepOf: (args: unknown[]) => string | null): void {
  const methods = owner as Record<string, (...args: unknown[]) => unknown>
  const original = methods[name]!
  methods[name] = function (this: unknown, ...args: unknown[]) {
    const step = stepOf(args)
    if (step === null) return original.apply(this, args)
    reach(step, 'before')
    const result = original.apply(this, args)
    if (result instanceof Promise) return result.then((value: unknown) => (reach(step, 'after'), value))
    setImmediate(() => reach(step, 'after'))
    return result
  }
}

async function watchFiles(): Promise<void> {
  const handle = await open(process.execPath, 'r')
  const prototype = Object.getPrototypeOf(handle) as object
  await handle.close()
  watchCalls(prototype, 'write', ([bytes]) => (textOf(bytes).includes('"panic"') ? 'append' : null))
  watchCalls(prototype, 'datasync', () => 'fdatasync')
  watchCalls(prototype, 'read', () => 'journal-read')
}

function watchSockets(): void {
  // What has come in, before anybody has parsed it.
  watchCalls(Socket.prototype, 'push', ([chunk]) => (textOf(chunk).includes('"panic"') ? 'parse' : null))
  watchCalls(Socket.prototype, 'write', ([chunk]) => {
    if (program === 'intake') return chunk instanceof Uint8Array && chunk[0] === 0x40 ? 'puback' : null
    const text = textOf(chunk)
    if (/"type":"event".*"action":"(raised|repeated)"/s.test(text)) return 'send'
    return text.includes('"stage":"stored"') ? 'receipt' : null
  })
}

/** First words of the statements of a press's way, in their order. */
const STATEMENTS: readonly (readonly [RegExp, string])[] = [
  [/^insert into signal/, 'insert-signal'],
  [/^insert into timer/, 'insert-timer'],
  [/^with moved as .*insert into event/s, 'insert-event'],
  [/^with before as .*insert into rendered/s, 'rendered'],
  [/^update outbox/, 'mark-sent'],
]

function watchStatements(): void {
  /** The commit that follows a signal, on the same connection. */
  const taking = new WeakSet<object>()
  const { prototype } = pg.Client as unknown as { prototype: { query(...args: unknown[]): unknown } }
  const query = prototype.query
  watchCalls(prototype, 'query', ([sql]) => {
    if (typeof sql !== 'string') return null
    return STATEMENTS.find(([pattern]) => pattern.test(sql.trim()))?.[1] ?? null
  })
  const watched = prototype.query
  prototype.query = function (this: object, ...args: unknown[]) {
    const [sql] = args
    if (typeof sql === 'string' && sql.startsWith('insert into signal')) taking.add(this)
    if (sql !== 'commit' || !taking.delete(this)) return watched.apply(this as never, args)
    reach('commit', 'before')
    const result = query.apply(this as never, args) as Promise<unknown>
    // Handed to the kernel, not answered yet: the server may have done it or not.
    setImmediate(() => reach('commit', 'after'))
    return result.then((value) => {
      reach('notify', 'before')
      setImmediate(() => reach('notify', 'after'))
      return value
    })
  }
}

if (program !== undefined) {
  await watchFiles()
  watchSockets()
  watchStatements()
}
