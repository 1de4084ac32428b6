import { useEffect, useState, type RefObject } from 'react'
import { clock } from '../data/clock.ts'
import { countOddity } from '../data/centre.ts'
import type { Player, PlayerMode, PlayerState } from './player.ts'

const CONNECTING: PlayerState = { phase: 'connecting', latencyMs: null, sinceFrameMs: null, hasPicture: false }

/**
 * Plays `url` into the element while the view is there; hls.js is fetched with the first picture, not with the page.
 * @param url null: nothing to play
 */
export function usePlayer(
  element: RefObject<HTMLVideoElement | null>,
  url: string | null,
  mode: PlayerMode,
): PlayerState {
  const [state, setState] = useState<{ url: string | null; player: PlayerState }>({ url, player: CONNECTING })
  useEffect(() => {
    const video = element.current
    if (!video || url === null) return
    let player: Player | null = null
    let isGone = false
    const show = (next: PlayerState) => setState({ url, player: next })
    show(CONNECTING)
    import('./player.ts').then(
      ({ createPlayer }) => {
        if (!isGone) player = createPlayer(video, url, mode, clock, show)
      },
      (error: unknown) => {
        countOddity('player-not-loaded', error)
        show({ ...CONNECTING, phase: 'failed' })
      },
    )
    return () => {
      isGone = true
      player?.destroy()
    }
  }, [element, url, mode])
  return state.url === url ? state.player : CONNECTING
}
