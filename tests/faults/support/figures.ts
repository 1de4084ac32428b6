import { appendFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { quantile } from '../../bench/figures.ts'

/** One line of the table of promises, as a scenario has measured it. */
export interface Figure {
  /** Name in the catalogue: C1, D1, U5, … */
  id: string
  promise: string
  figure: string
}

/** Long form: ten times the kills, for a night. */
export const isLong = process.env['VIGIL_FAULTS_LONG'] === '1'

/** Prints the figure with the load of the machine and keeps it for docs/promises.md. */
export function tell(figure: Figure): void {
  const load = loadavg()[0]!.toFixed(1)
  process.stdout.write(`${figure.id} · ${figure.promise}: ${figure.figure} (load ${load})\n`)
  const file = process.env['VIGIL_FAULTS_FIGURES']
  if (file) appendFileSync(file, JSON.stringify({ ...figure, load }) + '\n')
}

/** `p50 12, p99 40, worst 51 ms` */
export function spread(ms: readonly number[]): string {
  if (ms.length === 0) return 'none'
  const at = (q: number) => quantile(ms, q).toFixed(0)
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)} ms`
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
