import { clock } from '../data/clock.ts'
import { oddities, signOut, store } from '../data/centre.ts'
import { useNowMs, useObservable } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { language, setLanguage, useText } from '../i18n/language.ts'
import { endDuty, playTestTone } from '../sound/duty-sound.ts'
import { SetPasswordForm } from '../pages/set-password-form.tsx'

/** Below this the two clocks agree, as far as ages on the screen can tell. */
const CLOCK_AGREES_MS = 2000

/** The officer's account and this browser. */
export function OwnSettings() {
  const t = useText()
  const me = useObservable(store.me)
  const lang = useObservable(language)
  return (
    <div className="settings">
      <section>
        <h2>{t.settings.account}</h2>
        {me && (
          <dl className="facts">
            <div>
              <dt className="dim">{t.signIn.username}</dt>
              <dd>
                {me.displayName} <span className="dim">{me.username}</span>
              </dd>
            </div>
            <div>
              <dt className="dim">{t.settings.role}</dt>
              <dd>{t.role[me.role]}</dd>
            </div>
            <div>
              <dt className="dim">{t.settings.jurisdiction}</dt>
              <dd>{me.jurisdiction === '' ? t.settings.whole : me.jurisdiction}</dd>
            </div>
          </dl>
        )}
        <button
          type="button"
          onClick={() => {
            endDuty()
            void signOut()
          }}
        >
          {t.settings.signOut}
        </button>
      </section>
      <section>
        <h2>{t.password.change}</h2>
        <SetPasswordForm needsCurrent submitLabel={t.password.change} onDone={() => say(t.password.saved)} />
      </section>
      <section>
        <h2>{t.settings.screen}</h2>
        <div className="segmented" role="radiogroup" aria-label={t.language.label}>
          <button type="button" role="radio" aria-checked={lang === 'zh-CN'} onClick={() => setLanguage('zh-CN')}>
            中文
          </button>
          <button type="button" role="radio" aria-checked={lang === 'en'} onClick={() => setLanguage('en')}>
            English
          </button>
        </div>
        <p>
          <button type="button" onClick={playTestTone}>
            {t.sound.test}
          </button>
        </p>
        <ClockWords />
        <Oddities />
      </section>
    </div>
  )
}

function ClockWords() {
  const t = useText()
  useNowMs()
  const aheadMs = clock.browserAheadMs()
  const s = String(Math.round(Math.abs(aheadMs) / 1000))
  const words =
    Math.abs(aheadMs) < CLOCK_AGREES_MS
      ? t.settings.clockRight
      : aheadMs > 0
        ? t.settings.clockAhead(s)
        : t.settings.clockBehind(s)
  return <p className="dim">{words}</p>
}

function Oddities() {
  const t = useText()
  const counts = Object.entries(useObservable(oddities))
  return (
    <details className="fold">
      <summary>{t.settings.oddities}</summary>
      {counts.length === 0 ? (
        <p className="dim">{t.settings.noOddities}</p>
      ) : (
        <ul>
          {counts.map(([name, count]) => (
            <li key={name} className="num dim">
              {name} ×{count}
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
