import { useEffect, useRef, useState } from 'react'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useText } from '../i18n/language.ts'
import { formText } from '../ui/form-text.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import { CardPage } from './card-page.tsx'

/** By username and password, or at once by the one-time link of the first start. */
export function SignInPage({
  link,
  isForbidden,
  onSignedIn,
  onLinkFailed,
}: {
  link: string | null
  isForbidden: boolean
  onSignedIn: (mustSetPassword: boolean) => void
  onLinkFailed: () => void
}) {
  const t = useText()
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const usedLink = useRef<string | null>(null)

  useEffect(() => {
    if (link === null || usedLink.current === link) return
    usedLink.current = link
    api.signInByLink(link).then(
      ({ me }) => {
        store.me.set(me)
        onSignedIn(me.mustSetPassword)
      },
      (error: unknown) => {
        const fault = asApiFault(error)
        setWrong(fault.code === 'unreachable' ? t.fault.unreachable : t.signIn.linkFailed)
        onLinkFailed()
      },
    )
  }, [link, onLinkFailed, onSignedIn, t])

  const submit = async (form: FormData) => {
    setBusy(true)
    setWrong(null)
    try {
      const { me } = await api.signIn(formText(form, 'username'), formText(form, 'password'))
      store.me.set(me)
      onSignedIn(me.mustSetPassword)
    } catch (error) {
      const fault = asApiFault(error)
      setWrong(fault.status === 401 ? t.signIn.wrong : t.fault[fault.code])
    } finally {
      setBusy(false)
    }
  }

  if (link !== null) {
    return (
      <CardPage heading={t.signIn.heading}>
        <p role="status">{t.signIn.byLink}</p>
      </CardPage>
    )
  }
  return (
    <CardPage heading={t.signIn.heading}>
      <form
        className="stacked"
        onSubmit={(event) => {
          event.preventDefault()
          void submit(new FormData(event.currentTarget))
        }}
      >
        {isForbidden && <p className="wrong">{t.signIn.forbidden}</p>}
        <label>
          <span>{t.signIn.username}</span>
          <input name="username" autoComplete="username" required maxLength={64} autoFocus />
        </label>
        <label>
          <span>{t.signIn.password}</span>
          <input name="password" type="password" autoComplete="current-password" required maxLength={256} />
        </label>
        <WrongLine words={wrong} />
        <button type="submit" className="primary big" disabled={isBusy}>
          {isBusy ? t.signIn.busy : t.signIn.submit}
        </button>
      </form>
    </CardPage>
  )
}
