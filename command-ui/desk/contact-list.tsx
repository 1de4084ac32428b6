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
        const last = calls.findLast(({ body }) => (body['call'] as CallNote | undefined)?.phone === contact.phone)
        return (
          <li key={contact.phone + contact.name} data-contact={contact.phone}>
            <span>
              {contact.name} <span className="dim">{contact.role}</span> <Phone number={contact.phone} />
            </span>
            {last && (
              <span className="num" data-called={(last.body['call'] as CallNote).outcome}>
                <ToneWord tone={(last.body['call'] as CallNote).outcome === 'answered' ? 'ok' : 'warn'}>
                  {t.panel.callOutcome[(last.body['call'] as CallNote).outcome]} {timeOfDay(timeMs(last.at))}
                </ToneWord>
              </span>
            )}
            {mayNote && incidentId !== null && (
              <span className="contact-outcomes">
                {OUTCOMES.map((outcome) => (
                  <button
                    key={outcome}
                    type="button"
                    className="quiet"
                    aria-label={t.panel.callNote(contact.name, t.panel.callOutcome[outcome])}
                    onClick={() => void note(contact, outcome)}
                  >
                    {t.panel.callOutcome[outcome]}
                  </button>
                ))}
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
