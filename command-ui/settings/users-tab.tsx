import { useState } from 'react'
import type { Me } from '../../domain/officer.ts'
import type { User } from '../../domain/wire/admin.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useAnswer } from '../data/use-answer.ts'
import { useOne } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { EmptyState, FailedState, ForbiddenState, LoadingState } from '../pages/page-state.tsx'
import { PageTable } from '../pages/page-table.tsx'
import { useMayWrite } from '../registers/may-write.ts'
import { ToneWord } from '../ui/marks.tsx'
import { useSettingsText } from './settings-words.ts'
import { SignInLink, type IssuedLink } from './sign-in-link.tsx'
import { userApi } from './user-api.ts'
import { UserForm } from './user-form.tsx'

/** Who may sign in, as what, and where. Only administrators are told. */
export function UsersTab({ me }: { me: Me }) {
  const mayWrite = useMayWrite('user')
  const w = useSettingsText().users
  if (mayWrite) return <Users me={me} />
  return (
    <div>
      <ForbiddenState />
      <p className="dim settings-line">{w.mayNot}</p>
    </div>
  )
}

type Open = { form: 'none' } | { form: 'add' } | { form: 'edit'; user: User } | { form: 'link'; issued: IssuedLink }

function Users({ me }: { me: Me }) {
  const w = useSettingsText().users
  const action = useText().action
  const { value: users, fault, again } = useAnswer(userApi.list)
  const [open, setOpen] = useState<Open>({ form: 'none' })
  const close = () => setOpen({ form: 'none' })
  const finish = (words: string) => {
    say(words)
    close()
    again()
  }
  const tell = (error: unknown) => say(faultSentence(asApiFault(error)), true)
  const setDisabled = (user: User) =>
    userApi.change(user.id, { disabled: !user.disabled }).then(() => finish(w.saved(user.displayName)), tell)
  const issueLink = (user: User) =>
    userApi.link(user.id).then((link) => {
      setOpen({ form: 'link', issued: { name: user.displayName, ...link } })
      again()
    }, tell)
  if (fault) return <FailedState fault={fault} onAgain={again} />
  if (users === null) return <LoadingState />
  const c = w.columns
  return (
    <div className="settings-users">
      <div className="settings-line">
        <p className="dim">{w.hint}</p>
        <button type="button" className="primary" data-action="add-user" onClick={() => setOpen({ form: 'add' })}>
          + {w.add}
        </button>
      </div>
      {open.form === 'add' && (
        <UserForm user={null} isSelf={false} onCancel={close} onDone={(name) => finish(w.added(name))} />
      )}
      {open.form === 'edit' && (
        <UserForm
          key={open.user.id}
          user={open.user}
          isSelf={open.user.id === me.id}
          onCancel={close}
          onDone={(name) => finish(w.saved(name))}
        />
      )}
      {open.form === 'link' && <SignInLink issued={open.issued} onClose={close} />}
      {users.length === 0 ? (
        <EmptyState words={w.empty} />
      ) : (
        <PageTable
          columns={[c.name, c.username, c.role, c.jurisdiction, c.patrol, c.state, null]}
          nameless={action.other}
        >
          {users.map((user) => (
            <UserRow
              key={user.id}
              user={user}
              isSelf={user.id === me.id}
              onEdit={() => setOpen({ form: 'edit', user })}
              onLink={() => void issueLink(user)}
              onDisable={() => void setDisabled(user)}
            />
          ))}
        </PageTable>
      )}
    </div>
  )
}

function UserRow({
  user,
  isSelf,
  onEdit,
  onLink,
  onDisable,
}: {
  user: User
  isSelf: boolean
  onEdit: () => void
  onLink: () => void
  onDisable: () => void
}) {
  const t = useText()
  const w = useSettingsText().users
  const patrol = useOne(store.patrols, user.patrolId)
  return (
    <tr data-user={user.username}>
      <td>
        <strong>{user.displayName}</strong> {isSelf && <span className="chip">{w.you}</span>}
      </td>
      <td className="num">{user.username}</td>
      <td>{t.role[user.role]}</td>
      <td>{user.jurisdiction === '' ? <span className="dim">{w.all}</span> : user.jurisdiction}</td>
      <td className="num">{user.patrolId === null ? '—' : (patrol?.callsign ?? user.patrolId)}</td>
      <td>
        {user.disabled ? (
          <ToneWord tone="quiet">{w.disabled}</ToneWord>
        ) : user.hasPassword ? (
          <ToneWord tone="ok">{w.active}</ToneWord>
        ) : (
          <ToneWord tone="warn">{w.noPassword}</ToneWord>
        )}
      </td>
      <td className="row-buttons">
        <button type="button" className="quiet" onClick={onEdit}>
          {w.edit}
        </button>
        {!user.disabled && (
          <button type="button" className="quiet" onClick={onLink}>
            {w.link}
          </button>
        )}
        {!isSelf && (
          <button type="button" className="quiet" onClick={onDisable}>
            {user.disabled ? w.enable : w.disable}
          </button>
        )}
      </td>
    </tr>
  )
}
