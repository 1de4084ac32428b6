import { table } from './figures.ts'

/** One number of design and issue beside what was measured; nothing is asserted, machines differ. */
export interface Goal {
  what: string
  network: string
  /** Not more than this. */
  atMost: number
  unit: string
  measured: number
}

/** Everything that was promised, in one table at the end of a run. */
export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, network, atMost, unit, measured }) => [
    what,
    network,
    `≤ ${atMost} ${unit}`,
    `${measured.toFixed(measured < 10 ? 1 : 0)} ${unit}`,
    measured <= atMost ? 'kept' : 'MISSED',
  ])
  return table([['goal', 'network', 'must be', 'measured', ''], ...rows])
}
