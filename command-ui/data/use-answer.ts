import { useEffect, useState } from 'react'
import { asApiFault, type ApiFault } from './api-fault.ts'
import { countOddity } from './centre.ts'

export interface Loading<T> {
  value: T | null
  fault: ApiFault | null
  isBusy: boolean
  again: () => void
}

/**
 * What the centre answers to one question; asked anew when `ask` is another function (`useCallback`). What was shown before stays while
 * the next is on its way, so that a page does not jump; an answer that comes after the question has changed is dropped.
 */
export function useAnswer<T>(ask: () => Promise<T>): Loading<T> {
  const [answer, setAnswer] = useState<{ to: typeof ask; round: number; value: T | null; fault: ApiFault | null }>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isGone = false
    ask().then(
      (value) => !isGone && setAnswer({ to: ask, round, value, fault: null }),
      (error: unknown) => {
        const fault = asApiFault(error)
        countOddity('answer-not-loaded', fault)
        if (!isGone) setAnswer({ to: ask, round, value: null, fault })
      },
    )
    return () => {
      isGone = true
    }
  }, [ask, round])
  const isBusy = answer?.to !== ask || answer.round !== round
  return {
    value: answer?.value ?? null,
    fault: isBusy ? null : answer.fault,
    isBusy,
    again: () => setRound((n) => n + 1),
  }
}
