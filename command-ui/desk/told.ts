import { isSupervisor } from '../../domain/calls.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { store } from '../data/centre.ts'
import { text } from '../i18n/language.ts'
import { say } from './actions.ts'
import { isMine } from './stage.ts'

/** What has happened to this officer's own work and needs a sentence: who took an alarm, who was first. Returns what ends it. */
export function watchTold(): () => void {
  return store.onEvent((event) => {
    const words = sentenceFor(event)
    if (words !== null) say(words, true)
  })
}

function sentenceFor({ kind, action, body, subjectId }: LogEvent): string | null {
  const me = store.me.get()
  const word = (key: string) => (typeof body[key] === 'string' ? body[key] : null)
  if (kind === 'note' && action === 'acknowledge-lost' && isMine(word('by'), me)) {
    return text().action.lostTo(word('owner') ?? '')
  }
  if (kind === 'alarm' && action === 'radio-order-lost') {
    const alarm = store.alarms.get(subjectId)
    return text().radio.lost(alarm?.place.name ?? '')
  }
  if (kind === 'note' && action === 'taken-from' && isMine(word('from'), me) && !isMine(word('by'), me)) {
    return text().action.takenFrom(word('by') ?? '', word('text') ?? '')
  }
  if (kind === 'trouble' && action === 'raised' && word('code') === 'alarm-flood' && me && isSupervisor(me)) {
    return text().flood.supervisor(text().sentence(word('detail') ?? ''))
  }
  return null
}
