import { toggleLanguage, useText } from '../i18n/language.ts'

/** The quiet page around a form: name of the product, one card, the language switch. */
export function CardPage({ heading, children }: { heading: string; children: React.ReactNode }) {
  const t = useText()
  return (
    <div className="card-page">
      <header>
        <img src="./vigil.svg" alt="" width="44" height="44" />
        <div>
          <strong>{t.app.name}</strong>
          <span className="dim">{t.app.title}</span>
        </div>
        <button type="button" className="quiet" onClick={toggleLanguage} title={t.language.label}>
          {t.language.switch}
        </button>
      </header>
      <main className="card">
        <h1>{heading}</h1>
        {children}
      </main>
    </div>
  )
}
