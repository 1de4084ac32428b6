import { useState } from 'react'
import { DUTY_LEVELS, type DutyLevel, type Zone } from '../../domain/zone.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { language, useText } from '../i18n/language.ts'
import { nameIn } from '../ui/names.ts'
import { useMayWrite } from './may-write.ts'
import { useRegisterText } from './register-words.ts'

type ByLevel = Record<DutyLevel, string>
interface Draft {
  goal: ByLevel
  least: ByLevel
}

/** One zone's promises; a number that was changed waits for Save, and what another desk changes meanwhile is shown. */
export function ZoneRow({ zone, isChosen, onChoose }: { zone: Zone; isChosen: boolean; onChoose: () => void }) {
  const t = useRegisterText().zones
  const failed = useText().action.failed
  const lang = useObservable(language)
  const coverage = useObservable(store.coverage)
  const mayWrite = useMayWrite('zone')
  const [draft, setDraft] = useState<Draft | null>(null)
  const shown = draft ?? draftOf(zone)
  const name = nameIn(lang, zone)
  const reached = coverage?.zones.find(({ zoneId }) => zoneId === zone.id)
  const save = () => {
    if (!draft) return
    api.changeZone(zone.id, patchOf(draft)).then(
      () => {
        setDraft(null)
        say(t.saved(name))
      },
      (error: unknown) => say(failed(t.save, faultSentence(asApiFault(error))), true),
    )
  }
  const cell = (what: keyof Draft, level: DutyLevel) => (
    <td key={what + level}>
      <input
        className="zone-number num"
        type="number"
        form={`zone-${zone.id}`}
        required={what === 'goal' && level === 'normal'}
        min={what === 'goal' ? 1 : 0}
        max={what === 'goal' ? 86_400 : 1000}
        disabled={!mayWrite}
        aria-label={what === 'goal' ? t.goalOf(name, t.level[level]) : t.leastOf(name, t.level[level])}
        value={shown[what][level]}
        onFocus={onChoose}
        onChange={(event) => setDraft({ ...shown, [what]: { ...shown[what], [level]: event.target.value } })}
      />
    </td>
  )
  return (
    <tr data-zone-row={zone.id} className={isChosen ? 'chosen' : ''} onMouseEnter={onChoose}>
      <td>
        <strong>{name}</strong> <span className="dim">{t.kind[zone.kind]}</span>
      </td>
      <td className="num">{reached ? `${Math.floor(reached.share * 100)}%` : '—'}</td>
      {DUTY_LEVELS.map((level) => cell('goal', level))}
      {DUTY_LEVELS.map((level) => cell('least', level))}
      <td className="row-buttons">
        <form
          id={`zone-${zone.id}`}
          onSubmit={(event) => {
            event.preventDefault()
            save()
          }}
        >
          {draft && (
            <>
              <button type="submit" className="quiet">
                {t.save}
              </button>
              <button type="button" className="quiet" onClick={() => setDraft(null)}>
                {t.undo}
              </button>
            </>
          )}
        </form>
      </td>
    </tr>
  )
}

function draftOf({ goalS, goals, minPatrols }: Zone): Draft {
  const words = (n: number | undefined) => n?.toString() ?? ''
  return {
    goal: { normal: words(goalS), special: words(goals?.special), wartime: words(goals?.wartime) },
    least: {
      normal: words(minPatrols?.normal),
      special: words(minPatrols?.special),
      wartime: words(minPatrols?.wartime),
    },
  }
}

function patchOf({ goal, least }: Draft): Pick<Zone, 'goalS' | 'goals' | 'minPatrols'> {
  const { normal, ...others } = numbersOf(goal)
  return { goalS: normal ?? 0, goals: others, minPatrols: numbersOf(least) }
}

function numbersOf(words: ByLevel): Partial<Record<DutyLevel, number>> {
  return Object.fromEntries(
    DUTY_LEVELS.filter((level) => words[level] !== '').map((level) => [level, Number(words[level])]),
  )
}
