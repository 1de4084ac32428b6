import { useEffect } from 'react'
import type { Camera } from '../../domain/camera.ts'
import { Observable } from '../data/observable.ts'
import { useObservable } from '../data/use-store.ts'

/** The one camera whose sound this window plays; null: none, as at every start. */
export const heard = new Observable<string | null>(null)
/** Pictures on the screen that can be heard, the newest last. */
const hearable = new Map<object, Camera>()

/** Only where the installer lets the sound of this camera through. @returns whether there was something to switch */
export function toggleHeard(camera: Pick<Camera, 'id' | 'audio'> | null | undefined): boolean {
  if (camera?.audio !== true) return false
  heard.update((id) => (id === camera.id ? null : camera.id))
  return true
}

/** For a key: the picture that came last. */
export function toggleHeardNewest(): boolean {
  return toggleHeard([...hearable.values()].at(-1))
}

/** Tells that this picture is on the screen; with it goes its sound. @returns whether it is heard now */
export function useHeard(camera: Camera | null | undefined, canSound: boolean): boolean {
  const id = useObservable(heard)
  const own = canSound && camera?.audio === true ? camera : null
  const ownId = own?.id ?? null
  useEffect(() => {
    if (!own) return
    const place = {}
    hearable.set(place, own)
    return () => void hearable.delete(place)
  }, [own])
  useEffect(() => {
    if (ownId === null) return
    return () => heard.update((now) => (now === ownId ? null : now))
  }, [ownId])
  return ownId !== null && id === ownId
}
