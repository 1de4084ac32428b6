import { DEFAULT_RUN_CARDS, type RunCard } from '../run-card.ts'
import type { RawCity } from './city.ts'
import { readRows, type ProblemList } from './problem-list.ts'
import { runCardRowSchema } from './rows.ts'

/** The city's own cards, which replace the defaults as a whole; none in the folder: the defaults. */
export function checkRunCards(raw: RawCity, list: ProblemList): RunCard[] {
  if (!raw['run-cards.csv']) return [...DEFAULT_RUN_CARDS]
  const rows = readRows(raw, 'run-cards.csv', runCardRowSchema, list)
  const seen = new Map<string, string>()
  for (const { where, value } of rows) {
    const key = `${value.type} ${value.level} ${value.kind ?? ''}`
    const first = seen.get(key)
    if (first) {
      const what = `${value.type} at level ${value.level} is already in ${first}; write one row with the sum`
      list.add('run-cards.csv', where, what)
    } else seen.set(key, where)
  }
  if (rows.length > 0 && !rows.some(({ value }) => value.type === 'any')) {
    list.add('run-cards.csv', '', 'has no row of type any, which holds for all types that have no row of their own')
  }
  return rows.map(({ value: { kind, ...card } }) => ({ ...card, kind: kind ?? null }))
}
