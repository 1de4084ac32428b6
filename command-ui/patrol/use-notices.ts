import { useEffect, useRef } from 'react'
import type { Assignment } from '../../domain/assignment.ts'
import type { CrewView } from '../../domain/wire/crew.ts'
import { useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { nameIn } from '../ui/names.ts'
import { usePatrolText } from './patrol-words.ts'
import type { PhoneNotice } from './phone-notice.ts'

/** Orders, words of the centre and the end of an order, told while the page is in the background; taken back when somebody looks. */
export function useNotices(
  notice: PhoneNotice,
  view: CrewView | null,
  state: Assignment['state'] | null,
  isOnDuty: boolean,
): void {
  const t = usePatrolText()
  const words = useText()
  const lang = useObservable(language)
  const order = view?.order ?? null
  const orderId = order?.assignment.id ?? null
  const newestNote = order?.notes.at(-1) ?? null
  const ended = view?.ended ?? null
  const isWaiting = isOnDuty && state === 'ordered'
  const latest = useRef({ order, newestNote, ended, t, words, lang })
  useEffect(() => {
    latest.current = { order, newestNote, ended, t, words, lang }
  })

  // Now, and again when the page is put away with the order unanswered.
  useEffect(() => {
    if (!isWaiting || orderId === null) return
    const tell = () => {
      const { order, t, words, lang } = latest.current
      if (!order) return
      const place = order.site ? nameIn(lang, order.site) : (order.vehicle?.name ?? order.incident.place.name)
      const title = `${t.order.new}: ${words.alarmType[order.incident.type]}`
      void notice.tell({ tag: `order-${orderId}`, title, body: place, isUrgent: true })
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => {
      document.removeEventListener('visibilitychange', tell)
      void notice.clear(`order-${orderId}`)
    }
  }, [notice, isWaiting, orderId])

  const noteN = newestNote?.n ?? 0
  const toldNote = useRef(noteN)
  useEffect(() => {
    const { newestNote, t } = latest.current
    if (isOnDuty && newestNote && noteN > toldNote.current) {
      void notice.tell({ tag: 'note', title: t.order.deskNotes, body: newestNote.text, isUrgent: false })
    }
    toldNote.current = noteN
  }, [notice, noteN, isOnDuty])

  const endedId = ended?.assignmentId ?? null
  const toldEnd = useRef(endedId)
  useEffect(() => {
    const { ended, t } = latest.current
    // What the crew has ended itself is no news to it.
    if (
      isOnDuty &&
      ended &&
      endedId !== toldEnd.current &&
      (ended.state === 'cancelled' || ended.state === 'diverted')
    ) {
      void notice.tell({ tag: 'end', title: t.ended[ended.state], body: ended.placeName, isUrgent: false })
    }
    toldEnd.current = endedId
  }, [notice, endedId, isOnDuty])

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void notice.clear()
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [notice])
}
