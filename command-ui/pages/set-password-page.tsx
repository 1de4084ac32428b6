import { useText } from '../i18n/language.ts'
import { CardPage } from './card-page.tsx'
import { SetPasswordForm } from './set-password-form.tsx'

/** For the one who came by the one-time link. */
export function SetPasswordPage({ onDone }: { onDone: () => void }) {
  const t = useText()
  return (
    <CardPage heading={t.password.heading}>
      <p className="dim">{t.password.why}</p>
      <SetPasswordForm submitLabel={t.password.submit} onDone={onDone} />
    </CardPage>
  )
}
