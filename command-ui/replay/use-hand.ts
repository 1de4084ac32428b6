import { useEffect, useRef, useState } from 'react'
import { clock } from '../data/clock.ts'

export const RATES = [1, 2, 4] as const
export type Rate = (typeof RATES)[number]

export interface Hand {
  /** Wall clock of the moment that is shown. */
  atMs: number
  isRunning: boolean
  rate: Rate
  /** Grows with every jump: whoever follows has to jump as well. */
  jumps: number
}

/** The dot of a car then moves in steps of a metre or two. */
const STEP_MS = 100

/**
 * The one hand of the page: picture, trails and axis follow it. It stands at the end.
 * @param fromMs where it begins
 */
export function useHand(fromMs: number, toMs: number) {
  const [hand, setHand] = useState<Hand>({ atMs: fromMs, isRunning: false, rate: 1, jumps: 0 })
  const last = useRef(0)
  const { isRunning } = hand
  useEffect(() => {
    if (!isRunning) return
    last.current = clock.monotonicMs()
    const timer = setInterval(() => {
      const nowMs = clock.monotonicMs()
      const stepMs = nowMs - last.current
      last.current = nowMs
      setHand((now) => {
        const atMs = Math.min(toMs, now.atMs + stepMs * now.rate)
        return { ...now, atMs, isRunning: atMs < toMs }
      })
    }, STEP_MS)
    return () => clearInterval(timer)
  }, [isRunning, toMs])
  return {
    hand: { ...hand, atMs: Math.min(Math.max(hand.atMs, fromMs), toMs) },
    seek: (atMs: number) =>
      setHand((now) => ({ ...now, atMs: Math.min(Math.max(atMs, fromMs), toMs), jumps: now.jumps + 1 })),
    toggle: () =>
      setHand((now) => {
        const isOver = now.atMs >= toMs
        return { ...now, isRunning: !now.isRunning, ...(isOver ? { atMs: fromMs, jumps: now.jumps + 1 } : {}) }
      }),
    setRate: (rate: Rate) => setHand((now) => ({ ...now, rate })),
  }
}
