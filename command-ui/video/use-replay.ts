import { useEffect, useRef, useState, type RefObject } from 'react'
import { countOddity } from '../data/centre.ts'
import type { ReplayPlayer, ReplayState } from './replay-player.ts'

const LOADING: ReplayState = { phase: 'loading', isPaused: true, atMs: null }

/** Plays `url` into the element while the view is there. @param url null: nothing to play */
export function useReplay(
  element: RefObject<HTMLVideoElement | null>,
  url: string | null,
): { state: ReplayState; player: RefObject<ReplayPlayer | null> } {
  const [shown, setShown] = useState<{ url: string | null; state: ReplayState }>({ url, state: LOADING })
  const player = useRef<ReplayPlayer | null>(null)
  useEffect(() => {
    const video = element.current
    if (!video || url === null) return
    let isGone = false
    const show = (state: ReplayState) => setShown({ url, state })
    import('./replay-player.ts').then(
      ({ createReplay }) => {
        if (!isGone) player.current = createReplay(video, url, show)
      },
      (error: unknown) => {
        countOddity('player-not-loaded', error)
        show({ ...LOADING, phase: 'failed' })
      },
    )
    return () => {
      isGone = true
      player.current?.destroy()
      player.current = null
    }
  }, [element, url])
  return { state: shown.url === url ? shown.state : LOADING, player }
}
