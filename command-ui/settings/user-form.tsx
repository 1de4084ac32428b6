import { useState } from 'react'
import type { Role } from '../../domain/officer.ts'
import type { User, UserPatch } from '../../domain/wire/admin.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useAll } from '../data/use-store.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import { useSettingsText } from './settings-words.ts'
import { userApi } from './user-api.ts'

/** As the domain's; written out because the schemas beside it would come with it. */
const ROLES: readonly Role[] = ['officer', 'supervisor', 'commander', 'patrol', 'installer', 'inspector', 'admin']

interface Draft {
  username: string
  displayName: string
  role: Role
  jurisdiction: string
  patrolId: string
  password: string
}

/** Adds an account, or changes one; of a known one only what was changed is sent. */
export function UserForm({
  user,
  isSelf,
  onCancel,
  onDone,
}: {
  user: User | null
  /** Nobody takes their own role away. */
  isSelf: boolean
  onCancel: () => void
  onDone: (name: string) => void
}) {
  const t = useText()
  const w = useSettingsText().users
  const patrols = useAll(store.patrols)
  const [draft, setDraft] = useState<Draft>(() => draftOf(user))
  const [wrong, setWrong] = useState<string | null>(null)
  const put = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const save = () => {
    const sent = user ? userApi.change(user.id, patchOf(user, draft)) : userApi.add(writeOf(draft))
    sent.then(
      () => onDone(draft.displayName),
      (error: unknown) => setWrong(faultSentence(asApiFault(error))),
    )
  }
  return (
    <form
      className="settings-form"
      data-form="user"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <label>
        <span>{w.displayName}</span>
        <input
          name="displayName"
          autoFocus
          required
          maxLength={60}
          value={draft.displayName}
          onChange={(event) => put({ displayName: event.target.value })}
        />
      </label>
      {!user && (
        <label>
          <span>{w.username}</span>
          <input
            name="username"
            required
            pattern="[a-z0-9][a-z0-9._\-]{0,31}"
            title={w.username}
            autoComplete="off"
            value={draft.username}
            onChange={(event) => put({ username: event.target.value })}
          />
        </label>
      )}
      <label>
        <span>{w.role}</span>
        <select
          name="role"
          disabled={isSelf}
          title={isSelf ? w.self : undefined}
          value={draft.role}
          onChange={(event) => put({ role: event.target.value as Role })}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t.role[role]}
            </option>
          ))}
        </select>
      </label>
      {draft.role === 'patrol' && (
        <label>
          <span>{w.patrol}</span>
          <select
            name="patrolId"
            required
            value={draft.patrolId}
            onChange={(event) => put({ patrolId: event.target.value })}
          >
            <option value="">{w.choosePatrol}</option>
            {patrols.map((patrol) => (
              <option key={patrol.id} value={patrol.id}>
                {patrol.callsign}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>{w.jurisdiction}</span>
        <input
          name="jurisdiction"
          maxLength={200}
          pattern="[^\/\s]+(\/[^\/\s]+)*"
          value={draft.jurisdiction}
          onChange={(event) => put({ jurisdiction: event.target.value })}
        />
      </label>
      {!user && (
        <label>
          <span>{w.password}</span>
          <input
            name="password"
            type="password"
            minLength={8}
            maxLength={256}
            autoComplete="new-password"
            value={draft.password}
            onChange={(event) => put({ password: event.target.value })}
          />
        </label>
      )}
      <WrongLine words={wrong} />
      <div className="bulk-buttons">
        <button type="submit" className="primary">
          {user ? w.save : w.submit}
        </button>
        <button type="button" onClick={onCancel}>
          {w.cancel}
        </button>
      </div>
    </form>
  )
}

function draftOf(user: User | null): Draft {
  return {
    username: user?.username ?? '',
    displayName: user?.displayName ?? '',
    role: user?.role ?? 'officer',
    jurisdiction: user?.jurisdiction ?? '',
    patrolId: user?.patrolId ?? '',
    password: '',
  }
}

function writeOf({ username, displayName, role, jurisdiction, patrolId, password }: Draft) {
  const unit = role === 'patrol' ? patrolId : null
  return { username, displayName, role, jurisdiction, patrolId: unit, ...(password === '' ? {} : { password }) }
}

function patchOf(user: User, { displayName, role, jurisdiction, patrolId }: Draft): UserPatch {
  const unit = role === 'patrol' ? patrolId : null
  return {
    ...(displayName === user.displayName ? {} : { displayName }),
    ...(role === user.role ? {} : { role }),
    ...(jurisdiction === user.jurisdiction ? {} : { jurisdiction }),
    ...(unit === user.patrolId ? {} : { patrolId: unit }),
  }
}
