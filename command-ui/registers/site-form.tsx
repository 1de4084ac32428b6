import { useState } from 'react'
import type { Contact, Site } from '../../domain/site.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useAll } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import { useRegisterText } from './register-words.ts'

/** As the schema of a site has it. */
const CONTACTS_MAX = 20
const CAMERAS_MAX = 50

/** What of a site may be typed; its place comes with the city's files. */
type Draft = Pick<Site, 'name' | 'nameEn' | 'address' | 'contacts' | 'cameraIds' | 'notes'> & {
  jurisdiction: string
  recordDays: string
}

/** Changes one site. Only what was changed is sent, so that two officers do not undo each other. */
export function SiteForm({ site, onDone }: { site: Site; onDone: () => void }) {
  const t = useRegisterText().sites
  const dismiss = useText().action.cancel
  const [draft, setDraft] = useState<Draft>(() => draftOf(site))
  const [wrong, setWrong] = useState<string | null>(null)
  const [before] = useState(() => draftOf(site))
  const put = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const save = () => {
    const patch = patchOf(before, draft)
    if (Object.keys(patch).length === 0) return onDone()
    api.changeSite(site.id, patch).then(
      () => {
        say(t.saved(draft.name))
        onDone()
      },
      (error: unknown) => setWrong(faultSentence(asApiFault(error))),
    )
  }
  const field = (key: 'name' | 'nameEn' | 'address' | 'jurisdiction', maxLength: number) => (
    <label>
      <span>{t[key]}</span>
      <input
        name={key}
        maxLength={maxLength}
        required={key === 'name'}
        value={draft[key] ?? ''}
        onChange={(event) => put({ [key]: event.target.value })}
      />
    </label>
  )
  return (
    <form
      className="stacked site-detail"
      data-form="site"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <h2>{site.name}</h2>
      {field('name', 120)}
      {field('nameEn', 120)}
      {field('address', 200)}
      {field('jurisdiction', 200)}
      <label>
        <span>{t.recordDays}</span>
        <input
          type="number"
          min={1}
          max={3650}
          // A number once given can be changed; taking it back is the city file's.
          required={before.recordDays !== ''}
          value={draft.recordDays}
          onChange={(event) => put({ recordDays: event.target.value })}
        />
      </label>
      <label>
        <span>{t.notes}</span>
        <textarea
          rows={3}
          maxLength={2000}
          value={draft.notes ?? ''}
          onChange={(event) => put({ notes: event.target.value })}
        />
      </label>
      <ContactFields contacts={draft.contacts} onChange={(contacts) => put({ contacts })} />
      <CameraFields ids={draft.cameraIds} onChange={(cameraIds) => put({ cameraIds })} />
      <WrongLine words={wrong} />
      <div className="site-buttons">
        <button type="submit" className="primary">
          {t.save}
        </button>
        <button type="button" onClick={onDone}>
          {dismiss}
        </button>
      </div>
    </form>
  )
}

function draftOf(site: Site): Draft {
  const { name, nameEn, address, contacts, cameraIds, notes, jurisdiction = '', recordDays } = site
  return { name, nameEn, address, contacts, cameraIds, notes, jurisdiction, recordDays: recordDays?.toString() ?? '' }
}

function patchOf(before: Draft, draft: Draft): Partial<Omit<Site, 'id'>> {
  const { recordDays, ...now } = draft
  const changed = Object.entries(now).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof typeof now]),
  )
  const patch: Partial<Omit<Site, 'id'>> = Object.fromEntries(
    changed.map(([key, value]) => [key, value === '' && (key === 'nameEn' || key === 'notes') ? null : value]),
  )
  if (recordDays !== before.recordDays && recordDays !== '') patch.recordDays = Number(recordDays)
  return patch
}

function ContactFields({ contacts, onChange }: { contacts: Contact[]; onChange: (contacts: Contact[]) => void }) {
  const t = useRegisterText().sites
  const put = (at: number, part: Partial<Contact>) =>
    onChange(contacts.map((one, i) => (i === at ? { ...one, ...part } : one)))
  return (
    <fieldset className="stacked">
      <legend>{t.contacts}</legend>
      {contacts.map((contact, i) => (
        // eslint-disable-next-line react/no-array-index-key
        <div key={i} className="site-line">
          <input
            aria-label={t.contactName}
            placeholder={t.contactName}
            required
            maxLength={60}
            value={contact.name}
            onChange={(e) => put(i, { name: e.target.value })}
          />
          <input
            aria-label={t.contactRole}
            placeholder={t.contactRole}
            maxLength={60}
            value={contact.role}
            onChange={(e) => put(i, { role: e.target.value })}
          />
          <input
            aria-label={t.contactPhone}
            placeholder={t.contactPhone}
            required
            maxLength={40}
            value={contact.phone}
            onChange={(e) => put(i, { phone: e.target.value })}
          />
          <button
            type="button"
            className="quiet"
            aria-label={t.removeContact(contact.name)}
            onClick={() => onChange(contacts.filter((_, at) => at !== i))}
          >
            ✕
          </button>
        </div>
      ))}
      <button
        type="button"
        disabled={contacts.length >= CONTACTS_MAX}
        onClick={() => onChange([...contacts, { name: '', role: '', phone: '' }])}
      >
        + {t.addContact}
      </button>
    </fieldset>
  )
}

function CameraFields({ ids, onChange }: { ids: string[]; onChange: (ids: string[]) => void }) {
  const t = useRegisterText().sites
  const cameras = useAll(store.cameras)
  const others = cameras.filter(({ id }) => !ids.includes(id)).sort((a, b) => a.name.localeCompare(b.name, 'zh'))
  const nameOf = (id: string) => store.cameras.get(id)?.name ?? id
  const moveUp = (at: number) => onChange(ids.map((id, i) => (i === at - 1 ? ids[at]! : i === at ? ids[at - 1]! : id)))
  return (
    <fieldset className="stacked">
      <legend>{t.cameras}</legend>
      {ids.map((id, i) => (
        <div key={id} className="site-line">
          <span className="num dim">{i + 1}</span>
          <span className="ellipsis">{nameOf(id)}</span>
          <button
            type="button"
            className="quiet"
            disabled={i === 0}
            aria-label={t.cameraUp(nameOf(id))}
            onClick={() => moveUp(i)}
          >
            ↑
          </button>
          <button
            type="button"
            className="quiet"
            aria-label={t.cameraOut(nameOf(id))}
            onClick={() => onChange(ids.filter((one) => one !== id))}
          >
            ✕
          </button>
        </div>
      ))}
      <select
        aria-label={t.addCamera}
        value=""
        disabled={ids.length >= CAMERAS_MAX}
        onChange={(event) => onChange([...ids, event.target.value])}
      >
        <option value="">+ {t.addCamera}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </fieldset>
  )
}
