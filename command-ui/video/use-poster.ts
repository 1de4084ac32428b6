import { useEffect, useState } from 'react'
import { countOddity } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'

export interface Poster {
  /** For a `<video>`: one picture that the browser draws itself. */
  url: string
  atMs: number
}

/** The last picture of a camera that the centre has in memory, at once; null while there is none. Asked for once per view. */
export function usePoster(cameraId: string, isWanted: boolean): Poster | null {
  const [poster, setPoster] = useState<Poster | null>(null)
  useEffect(() => {
    if (!isWanted) return
    const leave = new AbortController()
    let url: string | null = null
    const load = async () => {
      const answer = await fetch(`/api/v1/cameras/${encodeURIComponent(cameraId)}/poster.mp4`, { signal: leave.signal })
      const takenAt = answer.headers.get('x-vigil-picture-at')
      // A camera that has never shown anything has none; the tile says in words that it waits.
      if (!answer.ok || takenAt === null) return
      const bytes = await answer.blob()
      if (leave.signal.aborted) return
      url = URL.createObjectURL(bytes)
      setPoster({ url, atMs: timeMs(takenAt) })
    }
    load().catch((error: unknown) => {
      if (!leave.signal.aborted) countOddity('poster-not-loaded', error)
    })
    return () => {
      leave.abort()
      if (url) URL.revokeObjectURL(url)
      setPoster(null)
    }
  }, [cameraId, isWanted])
  return poster
}
