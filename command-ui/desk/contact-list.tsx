import type { Contact } from '../../domain/site.ts'
import type { CallNote } from '../../domain/wire/http.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { timeMs } from '../data/clock.ts'
import { openIncident } from '../data/incident-details.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { useMayWrite } from '../registers/may-write.ts'
import { Phone, ToneWord } from '../ui/marks.tsx'
import { say } from './actions.ts'
import { faultSentence } from './fault-sentence.ts'
import './contact-list.css'

const OUTCOMES = ['answered', 'no-answer'] as const
const TONES = { answered: 'ok', 'no-answer': 'warn' } as const
const callOf = (body: Record<string, unknown>) => body['call'] as CallNote | undefined

/** Who is to be called, in that order; one click notes what came of it, and it stands beside the number for everybody. */
export function ContactList({ contacts, incidentId }: { contacts: readonly Contact[]; incidentId: string | null }) {
  const t = useText()
  const mayNote = useMayWrite('dispatch')
  const open = useObservable(openIncident)
  const calls = (open?.timeline ?? []).filter(({ action }) => action === 'phoned')
  const note = async (contact: Contact, outcome: CallNote['outcome']) => {
    const { name, role, phone } = contact
    try {
      const text = `${name} ${role} ${phone}: ${t.panel.callOutcome[outcome]}`
      await api.writeNote(incidentId!, { text, call: { name, phone, outcome } })
    } catch (error) {
      say(faultSentence(asApiFault(error)), true)
    }
  }
  return (
    <ul className="contacts">
      {contacts.map((contact) => {
        const last = calls.findLast(({ body }) => callOf(body)?.phone === contact.phone)
        const known = last ? callOf(last.body)?.outcome : undefined
        const words = (outcome: CallNote['outcome']) =>
          outcome === known ? (
            <ToneWord tone={TONES[outcome]}>
              {t.panel.callOutcome[outcome]} {timeOfDay(timeMs(last!.at)).slice(0, 5)}
            </ToneWord>
          ) : (
            t.panel.callOutcome[outcome]
          )
        return (
          <li key={contact.phone + contact.name} data-contact={contact.phone} data-called={known}>
            <span>
              {contact.name} <span className="dim">{contact.role}</span> <Phone number={contact.phone} />
            </span>
            <span className="contact-outcomes num" role="group" aria-label={t.panel.callOf(contact.name)}>
              {OUTCOMES.map((outcome) =>
                mayNote && incidentId !== null ? (
                  <button
                    key={outcome}
                    type="button"
                    className="quiet"
                    aria-pressed={outcome === known}
                    onClick={() => void note(contact, outcome)}
                  >
                    {words(outcome)}
                  </button>
                ) : (
                  outcome === known && <span key={outcome}>{words(outcome)}</span>
                ),
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
