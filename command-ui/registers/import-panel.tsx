import { useState } from 'react'
import type { ImportAnswer } from '../../domain/wire/register.ts'
import { asApiFault } from '../data/api-fault.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { ToneWord } from '../ui/marks.tsx'
import { WrongLine } from '../ui/wrong-line.tsx'
import { ImportProblems } from './import-problems.tsx'
import { useManyText } from './many-words.ts'
import { registerApi, type RegisterName } from './register-api.ts'
import './bulk-panel.css'

const SAMPLE_MAX = 12

/** A spreadsheet: looked at first, every problem told, written only when there is none. */
export function ImportPanel({ register, onClose }: { register: RegisterName; onClose: () => void }) {
  const t = useManyText()
  const [file, setFile] = useState<File | null>(null)
  const [answer, setAnswer] = useState<ImportAnswer | null>(null)
  const [busy, setBusy] = useState<'checking' | 'writing' | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const send = async (chosen: File, isWrite: boolean) => {
    setFile(chosen)
    setBusy(isWrite ? 'writing' : 'checking')
    setWrong(null)
    try {
      setAnswer(await registerApi.import(register, chosen, isWrite))
    } catch (error) {
      setAnswer(null)
      setWrong(faultSentence(asApiFault(error)))
    } finally {
      setBusy(null)
    }
  }
  const again = () => {
    setAnswer(null)
    setFile(null)
    setWrong(null)
  }
  return (
    <section className="stacked bulk-panel" data-import={register}>
      <h2>{t.csv.heading}</h2>
      <p className="dim">{t.csv.hint}</p>
      {register === 'cameras' && <p className="dim">{t.csv.cameraHint}</p>}
      {!answer && busy === null && <FileDrop onFile={(chosen) => void send(chosen, false)} />}
      {busy !== null && <p role="status">◌ {t.csv[busy]}</p>}
      <WrongLine words={wrong} />
      {answer && busy === null && file && (
        <Looked answer={answer} file={file} onWrite={() => void send(file, true)} onAgain={again} />
      )}
      <div className="bulk-buttons">
        <button type="button" onClick={onClose}>
          {t.bulk.close}
        </button>
      </div>
    </section>
  )
}

function FileDrop({ onFile }: { onFile: (file: File) => void }) {
  const t = useManyText().csv
  const [isOver, setOver] = useState(false)
  return (
    <label
      className={`import-drop ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file) onFile(file)
      }}
    >
      <strong>{t.choose}</strong>
      <span className="dim">{t.drop}</span>
      <input
        type="file"
        accept=".csv,text/csv"
        className="sr-only"
        autoFocus
        onChange={(event) => {
          const [file] = event.target.files ?? []
          // The same file after it was mended is a change too.
          event.target.value = ''
          if (file) onFile(file)
        }}
      />
    </label>
  )
}

function Looked({
  answer,
  file,
  onWrite,
  onAgain,
}: {
  answer: ImportAnswer
  file: File
  onWrite: () => void
  onAgain: () => void
}) {
  const t = useManyText().csv
  const { rows, added, changed, asTheyWere, problems, written } = answer
  const work = added.length + changed.length
  const total = problems.length + answer.problemsLeftOff
  return (
    <>
      <p>
        <strong>{file.name}</strong> <span className="dim num">{t.rows(rows)}</span>
      </p>
      <p className="import-counts num" data-added={added.length} data-changed={changed.length}>
        <span>＋ {t.added(added.length)}</span>
        <span>≠ {t.changed(changed.length)}</span>
        <span className="dim">＝ {t.asTheyWere(asTheyWere)}</span>
      </p>
      <p role="status" data-verdict={written ? 'written' : total > 0 ? 'problems' : 'clean'}>
        {written ? (
          <ToneWord tone="ok">{t.written}</ToneWord>
        ) : total > 0 ? (
          <ToneWord tone="warn">{t.problems(total)}</ToneWord>
        ) : (
          <ToneWord tone="ok">{work === 0 ? t.nothing : t.clean}</ToneWord>
        )}
      </p>
      {total > 0 && <ImportProblems problems={problems} leftOff={answer.problemsLeftOff} />}
      {total === 0 && changed.length > 0 && <Sample changed={changed} />}
      <div className="bulk-buttons">
        {!written && total === 0 && work > 0 && (
          <button type="button" className="primary" data-action="write" autoFocus onClick={onWrite}>
            {t.write(work)}
          </button>
        )}
        <button type="button" onClick={onAgain}>
          {t.other}
        </button>
      </div>
    </>
  )
}

function Sample({ changed }: { changed: ImportAnswer['changed'] }) {
  const t = useManyText().csv
  return (
    <div>
      <span className="dim">{t.sample}</span>
      <ul className="bulk-names">
        {changed.slice(0, SAMPLE_MAX).map(({ id, members }) => (
          <li key={id}>
            <span className="num">{id}</span> <span className="dim ellipsis">{members.join(', ')}</span>
          </li>
        ))}
        {changed.length > SAMPLE_MAX && <li className="dim">{t.more(changed.length)}</li>}
      </ul>
    </div>
  )
}
