import { useEffect, useState } from 'react'
import type { CrewOrder } from '../../domain/wire/crew.ts'
import { clock } from '../data/clock.ts'
import { countOddity } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'
import './scene-picture.css'

/** A still every so often shows whether something has changed, and costs a phone 3 KB/s. */
const AGAIN_MS = 15_000

interface Picture {
  url: string
  cameraId: string
  atMs: number
}

/** The scene by its best camera; a tap goes on to the next one. The time under it says how old it is. */
export function ScenePicture({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const isOffline = useObservable(crew.offlineSinceMs) !== null
  const [index, setIndex] = useState(0)
  const [picture, setPicture] = useState<Picture | null>(null)
  const [isMissing, setMissing] = useState(false)
  const cameraId = order.cameraIds[index % Math.max(1, order.cameraIds.length)]
  useEffect(() => {
    if (cameraId === undefined || isOffline) return
    let isGone = false
    const load = async () => {
      const url = await readStill(cameraId)
      if (isGone) return url && URL.revokeObjectURL(url)
      setMissing(url === null)
      if (url) setPicture({ url, cameraId, atMs: clock.deviceMs() })
    }
    void load()
    const timer = setInterval(() => void load(), AGAIN_MS)
    return () => {
      isGone = true
      clearInterval(timer)
    }
  }, [cameraId, isOffline])
  // Pictures live in memory only: one at a time, none is kept on the phone.
  useEffect(() => () => URL.revokeObjectURL(picture?.url ?? ''), [picture])
  if (order.cameraIds.length === 0) return null
  const shown = picture?.cameraId === cameraId ? picture : null
  const words = t.order.pictureOf((index % order.cameraIds.length) + 1, order.cameraIds.length)
  return (
    <button type="button" className="crew-picture" onClick={() => setIndex(index + 1)}>
      {shown ? (
        <img src={shown.url} alt="" data-picture={cameraId} />
      ) : (
        <span className="crew-no-picture">
          {isOffline ? t.order.pictureOffline : isMissing ? t.order.noPicture : '…'}
        </span>
      )}
      <span className="crew-picture-words num">
        {words}
        {shown && ` · ${timeOfDay(shown.atMs)}`}
        {shown && isOffline && ` · ${t.order.pictureOffline}`}
      </span>
    </button>
  )
}

/** @returns an object URL; null when there is no picture */
async function readStill(cameraId: string): Promise<string | null> {
  try {
    const answer = await fetch(`/api/v1/cameras/${encodeURIComponent(cameraId)}/snapshot.jpg`, { cache: 'no-store' })
    return answer.ok ? URL.createObjectURL(await answer.blob()) : null
  } catch (error) {
    countOddity('still-failed', error)
    return null
  }
}
