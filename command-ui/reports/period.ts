/** What a report is about in time, as it is picked. */
export const PERIODS = ['today', '7d', '30d', 'custom'] as const
export type Period = (typeof PERIODS)[number]

/** Days as `YYYY-MM-DD` on the wall of this desk, both included. */
export interface Days {
  first: string
  last: string
}

export interface Span {
  fromMs: number
  /** Exclusive. */
  toMs: number
}

/** As the centre answers at most. */
export const DAYS_MAX = 400
const DAYS_BACK: Record<Exclude<Period, 'custom'>, number> = { today: 0, '7d': 6, '30d': 29 }

/** Whole days, today included: a heat strip with half a first day would look like a bad one. */
export function daysOf(period: Exclude<Period, 'custom'>, nowMs: number): Days {
  const first = new Date(nowMs)
  first.setDate(first.getDate() - DAYS_BACK[period])
  return { first: dayText(first), last: dayText(new Date(nowMs)) }
}

/** @returns why it is none: `bad-span` ends before it begins or is no date, `long-span` has more than 400 days */
export function spanOf({ first, last }: Days): Span | 'bad-span' | 'long-span' {
  const from = midnightOf(first)
  const to = midnightOf(last)
  if (!from || !to || to < from) return 'bad-span'
  // The day after by the calendar: a day may have 23 or 25 hours.
  to.setDate(to.getDate() + 1)
  const longest = new Date(from)
  longest.setDate(longest.getDate() + DAYS_MAX)
  return to > longest ? 'long-span' : { fromMs: from.getTime(), toMs: to.getTime() }
}

/** Every day of it, oldest first. */
export function eachDay({ first, last }: Days): string[] {
  const days: string[] = []
  const from = midnightOf(first)
  if (!from) return days
  for (let i = 0; i < DAYS_MAX; i++) {
    const day = dayText(new Date(from.getFullYear(), from.getMonth(), from.getDate() + i))
    if (day > last) break
    days.push(day)
  }
  return days
}

export function dayText(at: Date): string {
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}

function midnightOf(day: string): Date | null {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return null
  return new Date(year, month - 1, date)
}
