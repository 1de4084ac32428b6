/**
 * Counters, gauges and histograms in the Prometheus text format 0.0.4, for every program of the centre. Price: one Map
 * look-up per labelled add; in a hot path keep the `Series` that `of()` returns and call `add` on it.
 */
export interface Series {
  add(amount?: number): void
  set(value: number): void
  readonly value: number
}

export interface Family {
  of(labels?: Record<string, string>): Series
  /** Sum over all series, for tests and screens. */
  total(): number
}

export interface Histogram {
  observe(value: number): void
  quantile(q: number): number
  readonly count: number
}

class Cell implements Series {
  value = 0
  add(amount = 1): void {
    this.value += amount
  }
  set(value: number): void {
    this.value = value
  }
}

const DEFAULT_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

/** Series per family; a label fed by strangers must not fill the memory. */
const SERIES_MAX = 2000

export class Metrics {
  #families = new Map<string, { help: string; type: string; cells: Map<string, Cell> }>()
  #histograms = new Map<string, { help: string; bounds: number[]; counts: number[]; sum: number; count: number }>()
  #beforeRead: (() => void)[] = []

  counter(name: string, help: string): Family {
    return this.#family(name, help, 'counter')
  }
  gauge(name: string, help: string): Family {
    return this.#family(name, help, 'gauge')
  }
  /** `fill` runs right before each reading; for gauges that are cheaper to ask than to follow. */
  onRead(fill: () => void): void {
    this.#beforeRead.push(fill)
  }

  #family(name: string, help: string, type: string): Family {
    const family = this.#families.get(name) ?? { help, type, cells: new Map<string, Cell>() }
    this.#families.set(name, family)
    return {
      of: (labels = {}) => {
        const key = labelText(labels)
        let cell = family.cells.get(key)
        if (!cell) {
          const full = family.cells.size >= SERIES_MAX
          cell = (full ? family.cells.get('{overflow="true"}') : undefined) ?? new Cell()
          family.cells.set(full ? '{overflow="true"}' : key, cell)
        }
        return cell
      },
      total: () => [...family.cells.values()].reduce((sum, cell) => sum + cell.value, 0),
    }
  }

  /** @param bounds upper bounds in seconds, ascending */
  histogram(name: string, help: string, bounds: number[] = DEFAULT_BUCKETS): Histogram {
    const h = this.#histograms.get(name) ?? { help, bounds, counts: bounds.map(() => 0), sum: 0, count: 0 }
    this.#histograms.set(name, h)
    return {
      observe: (value) => {
        h.sum += value
        h.count++
        const at = h.bounds.findIndex((bound) => value <= bound)
        if (at >= 0) h.counts[at]!++
      },
      quantile: (q) => {
        let seen = 0
        for (let i = 0; i < h.bounds.length; i++) {
          seen += h.counts[i]!
          if (seen >= q * h.count) return h.bounds[i]!
        }
        return Infinity
      },
      get count() {
        return h.count
      },
    }
  }

  /** The whole page, Prometheus text format. */
  text(): string {
    for (const fill of this.#beforeRead) fill()
    const lines: string[] = []
    for (const [name, { help, type, cells }] of this.#families) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
      for (const [labels, cell] of cells) lines.push(`${name}${labels} ${cell.value}`)
    }
    for (const [name, h] of this.#histograms) {
      lines.push(`# HELP ${name} ${h.help}`, `# TYPE ${name} histogram`)
      let running = 0
      h.bounds.forEach((bound, i) => {
        running += h.counts[i]!
        lines.push(`${name}_bucket{le="${bound}"} ${running}`)
      })
      lines.push(`${name}_bucket{le="+Inf"} ${h.count}`, `${name}_sum ${h.sum}`, `${name}_count ${h.count}`)
    }
    return lines.join('\n') + '\n'
  }
}

function labelText(labels: Record<string, string>): string {
  const keys = Object.keys(labels)
  if (keys.length === 0) return ''
  const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return '{' + keys.map((key) => `${key}="${escape(labels[key]!)}"`).join(',') + '}'
}
