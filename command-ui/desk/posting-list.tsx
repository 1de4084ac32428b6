import type { Posting } from '../../domain/posting.ts'
import { store } from '../data/centre.ts'
import { useAll } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { ToneWord, type Tone } from '../ui/marks.tsx'
import { releasePost } from './map-roads.ts'
import { useRoadText } from './road-words.ts'

const TONES: Record<Posting['state'], Tone> = { sent: 'warn', accepted: 'quiet', there: 'ok', ended: 'quiet' }

/** Who is sent where to stand, how far that has come, and a way to let go. */
export function PostingList() {
  const w = useRoadText()
  const postings = useAll(store.postings).filter(({ state }) => state !== 'ended')
  const patrols = useAll(store.patrols)
  const mayRelease = useMayWrite('dispatch')
  if (postings.length === 0) return null
  return (
    <ul className="posting-list" aria-label={w.posted}>
      {postings.map((posting) => {
        const callsign = patrols.find(({ id }) => id === posting.patrolId)?.callsign ?? posting.patrolId
        return (
          <li key={posting.id} data-posting={posting.id} data-posting-state={posting.state}>
            <span className="ellipsis" title={posting.sentBy}>
              {w.move(callsign, posting.placeName)}
            </span>
            <PostingWord state={posting.state} />
            {mayRelease && (
              <button type="button" className="quiet" onClick={() => void releasePost(posting)}>
                {w.release}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

export function PostingWord({ state }: { state: Posting['state'] }) {
  const t = useText()
  return <ToneWord tone={TONES[state]}>{t.patrols.posting[state]}</ToneWord>
}
