import type { CrewOrder } from '../../domain/wire/crew.ts'
import { timeMs } from '../data/clock.ts'
import { useObservable } from '../data/use-store.ts'
import { timeOfDay } from '../i18n/durations.ts'
import { usePhone } from './phone-context.ts'
import { usePatrolText } from './patrol-words.ts'

/** Where exactly. */
export function Facts({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const { site, device, vehicle, incident } = order
  const address = site?.address ?? incident.place.address
  return (
    <dl className="crew-facts">
      {device && !vehicle && (
        <Line label={t.order.device}>
          <strong>{device.spot ?? device.name}</strong>
        </Line>
      )}
      {vehicle && (
        <Line label={t.order.vehicle}>
          <strong>{vehicle.plate ?? vehicle.name}</strong>
        </Line>
      )}
      {address && <Line label={t.order.address}>{address}</Line>}
      <Line label={t.order.number}>
        <span className="num">
          {incident.number} · {timeOfDay(timeMs(incident.openedAt))}
        </span>
      </Line>
    </dl>
  )
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** One tap calls. */
export function Contacts({ order }: { order: CrewOrder }) {
  const t = usePatrolText()
  const { site } = order
  if (!site || (site.contacts.length === 0 && !site.notes)) return null
  return (
    <section className="crew-block">
      <h2>{t.order.contacts}</h2>
      {site.contacts.map((contact) => (
        <a
          key={contact.phone + contact.name}
          className="crew-call"
          href={`tel:${contact.phone.replaceAll(/[^+\d]/g, '')}`}
        >
          <span aria-hidden="true">☎</span>
          <span>
            {contact.name} <small>{contact.role}</small>
          </span>
          <span className="num">{contact.phone}</span>
        </a>
      ))}
      {site.notes && (
        <p>
          <small>{t.order.siteNotes}</small> {site.notes}
        </p>
      )}
    </section>
  )
}

/** What the desk says. A message to this crew wants an answer: until it has one it stands on top. */
export function DeskNotes({ order, isUnread }: { order: CrewOrder; isUnread: boolean }) {
  const t = usePatrolText()
  const { crew } = usePhone()
  const entries = useObservable(crew.outbox.entries)
  const isSending = (messageId: string) =>
    entries.some((entry) => entry.kind === 'confirm' && entry.messageId === messageId)
  const notes = order.notes.filter(
    ({ messageId, isConfirmed }) => (messageId !== null && !isConfirmed && !isSending(messageId)) === isUnread,
  )
  if (notes.length === 0) return null
  return (
    <section className={isUnread ? 'crew-block crew-unread' : 'crew-block'}>
      <h2>{t.order.deskNotes}</h2>
      <ol className="crew-notes">
        {notes.toReversed().map(({ n, at, text, messageId }) => (
          <li key={n} data-message={messageId ?? ''}>
            <time className="num">{timeOfDay(timeMs(at)).slice(0, 5)}</time>
            <span>{text}</span>
            {messageId !== null &&
              (!isUnread ? (
                <small>✓ {t.order.confirmed}</small>
              ) : (
                <button
                  type="button"
                  data-action="confirm"
                  onClick={() => void crew.confirm(order.assignment.id, messageId)}
                >
                  {t.order.confirm}
                </button>
              ))}
          </li>
        ))}
      </ol>
    </section>
  )
}
