import type { RoadClosure } from '../../domain/road-closure.ts'
import type { Posting } from '../../domain/posting.ts'
import type { MoveUpsNow } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { countOddity, store } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { say } from './actions.ts'
import { faultSentence } from './fault-sentence.ts'
import { roadText } from './road-words.ts'

/** One move is worked out in a third of a second for a large district: not more often than somebody could drive. */
const MOVE_UPS_EVERY_MS = 20_000
/** The log tells every closure at once; this is for one that the log has missed. */
const CLOSURES_EVERY_MS = 60_000

export const coverageShown = new Observable(false)
export const closures = new Observable<readonly RoadClosure[]>([])
/** null: not known yet. */
export const moveUps = new Observable<MoveUpsNow | 'failed' | null>(null)
/** Closing a road: off, waiting for a click, or the clicked place. */
export const closing = new Observable<'off' | 'click' | LngLat>('off')
/** The patrol whose reach is drawn. */
export const reach = new Observable<{ patrolId: string; circle: CircleFeatures | null } | null>(null)

/** Follows the closures while there is a map. @returns call it to stop */
export function watchClosures(): () => void {
  const load = async () => {
    try {
      closures.set((await api.closures()).filter(({ endedAt }) => endedAt === null))
    } catch (error) {
      countOddity('closures-not-loaded', error)
    }
  }
  void load()
  const timer = setInterval(() => void load(), CLOSURES_EVERY_MS)
  const unfollow = store.onEvent(({ kind, action }) => {
    if (kind === 'note' && action.startsWith('road-')) void load()
  })
  return () => {
    clearInterval(timer)
    unfollow()
  }
}

/** Asks only while somebody looks at the coverage. @returns call it to stop */
export function watchMoveUps(): () => void {
  const load = async () => {
    try {
      moveUps.set(await api.moveUps())
    } catch (error) {
      countOddity('move-ups-not-loaded', error)
      moveUps.set('failed')
    }
  }
  void load()
  const timer = setInterval(() => void load(), MOVE_UPS_EVERY_MS)
  const unfollow = store.onEvent(({ kind }) => {
    if (kind === 'posting') void load()
  })
  return () => {
    clearInterval(timer)
    unfollow()
    moveUps.set(null)
  }
}

/** Tells a free patrol to stand there; where it was sent before is over. */
export async function post(patrolId: string, callsign: string, [lng, lat]: LngLat, placeName: string): Promise<void> {
  const standing = store.postings.all().find((one) => one.patrolId === patrolId && one.state !== 'ended')
  try {
    const posting = await api.post(patrolId, { lng, lat, placeName, ...(standing ? { replaces: standing.id } : {}) })
    store.postings.upsert(posting)
    say(roadText().sent(callsign, posting.placeName))
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
  }
}

export async function releasePost({ patrolId }: Posting): Promise<void> {
  try {
    store.postings.upsert(await api.releasePost(patrolId))
    say(roadText().released(callsignOf(patrolId)))
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
  }
}

/** A crew that cannot go is told to the officer, whatever the map shows. @returns call it to stop */
export function watchPostings(): () => void {
  return store.onEvent(({ kind, action, body }) => {
    if (kind !== 'posting' || action !== 'declined') return
    const { patrolId, endedReason } = body as unknown as Posting
    say(roadText().declined(callsignOf(patrolId), endedReason ?? ''), true)
  })
}

function callsignOf(patrolId: string): string {
  return store.patrols.get(patrolId)?.callsign ?? patrolId
}

/** Draws what a patrol covers from where it is now; null: nobody's. An answer that comes too late is dropped. */
export async function showReach(patrolId: string | null): Promise<void> {
  if (patrolId === null) return reach.set(null)
  const asked = { patrolId, circle: null }
  reach.set(asked)
  try {
    const circle = await api.patrolCircle(patrolId)
    if (reach.get() === asked) reach.set({ patrolId, circle })
  } catch (error) {
    if (reach.get() === asked) reach.set(null)
    say(faultSentence(asApiFault(error)), true)
  }
}

/** @param until RFC 3339; null: until somebody ends it */
export async function closeRoad([lng, lat]: LngLat, reason: string, until: string | null): Promise<boolean> {
  try {
    const closure = await api.closeRoad({ lng, lat, reason, until })
    closures.update((all) => [...all.filter(({ id }) => id !== closure.id), closure])
    closing.set('off')
    say(roadText().closed(nameOf(closure)))
    return true
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
    return false
  }
}

export async function openRoad(closure: RoadClosure): Promise<void> {
  try {
    await api.openRoad(closure.id)
    closures.update((all) => all.filter(({ id }) => id !== closure.id))
    say(roadText().opened(nameOf(closure)))
  } catch (error) {
    say(faultSentence(asApiFault(error)), true)
  }
}

export function nameOf({ roadNames }: RoadClosure): string {
  return roadNames.filter((name) => name !== '').join('、') || roadText().unnamed
}
