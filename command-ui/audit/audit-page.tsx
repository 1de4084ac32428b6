import { useCallback, useState } from 'react'
import type { AuditRow } from '../../domain/wire/admin.ts'
import { api, type AuditQuery } from '../data/api.ts'
import { store } from '../data/centre.ts'
import { timeMs } from '../data/clock.ts'
import { useAnswer } from '../data/use-answer.ts'
import { dayOfYear, timeOfDay } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { EmptyState, FailedState, LoadingState } from '../pages/page-state.tsx'
import { PageTable } from '../pages/page-table.tsx'
import { ToneWord } from '../ui/marks.tsx'
import { useAuditText } from './audit-words.ts'

const ROWS = 100
const OUTCOME_TONES: Record<string, 'ok' | 'quiet' | 'bad'> = { done: 'ok', begun: 'quiet', refused: 'bad' }

/** Who did, looked at and changed what, newest first; the inspector's page. */
export function AuditPage() {
  const t = useAuditText()
  const words = useText()
  const [filter, setFilter] = useState<AuditQuery>({})
  const [cursor, setCursor] = useState<string | null>(null)
  const ask = useCallback(() => api.audit({ ...filter, limit: ROWS, ...(cursor && { cursor }) }), [filter, cursor])
  const { value, fault, again } = useAnswer(ask)
  const narrow = (part: AuditQuery) => {
    setCursor(null)
    setFilter((now) => {
      const next = { ...now, ...part }
      return JSON.stringify(next) === JSON.stringify(now) ? now : next
    })
  }
  const c = t.columns
  return (
    <PageFrame
      heading={t.heading}
      tools={
        <>
          <select
            aria-label={c.action}
            name="action"
            value={filter.action ?? ''}
            onChange={(event) => narrow({ action: event.target.value })}
          >
            <option value="">{t.allActions}</option>
            {Object.entries(t.action).map(([action, name]) => (
              <option key={action} value={action}>
                {name}
              </option>
            ))}
          </select>
          <FilterField label={t.actor} onFilter={(actor) => narrow({ actor })} />
          <FilterField label={t.object} onFilter={(objectId) => narrow({ objectId })} />
        </>
      }
    >
      <p className="dim page-hint">{t.hint}</p>
      {fault ? (
        <FailedState fault={fault} onAgain={again} />
      ) : value === null ? (
        <LoadingState />
      ) : value.items.length === 0 ? (
        <EmptyState words={t.none} />
      ) : (
        <PageTable columns={[c.at, c.actor, c.action, c.object, c.outcome, c.reason]} nameless={words.action.other}>
          {value.items.map((row) => (
            <Row key={row.n} row={row} />
          ))}
        </PageTable>
      )}
      {value && (cursor !== null || value.next !== null) && (
        <div className="menu-buttons page-hint">
          <button type="button" disabled={cursor === null} onClick={() => setCursor(null)}>
            {t.newest}
          </button>
          <button type="button" disabled={value.next === null} onClick={() => setCursor(value.next)}>
            {t.older}
          </button>
        </div>
      )}
    </PageFrame>
  )
}

/** Asked for when it is whole, not at each letter: the centre compares whole names. */
function FilterField({ label, onFilter }: { label: string; onFilter: (words: string) => void }) {
  return (
    <input
      type="search"
      placeholder={label}
      aria-label={label}
      onKeyDown={(event) => event.key === 'Enter' && onFilter(event.currentTarget.value.trim())}
      onBlur={(event) => onFilter(event.currentTarget.value.trim())}
    />
  )
}

function Row({ row }: { row: AuditRow }) {
  const t = useAuditText()
  const facts = Object.entries(row.facts).map(([name, value]) => `${name}: ${plain(value)}`)
  return (
    <tr data-audit-row={row.n}>
      <td className="num">
        {dayOfYear(timeMs(row.at))} {timeOfDay(timeMs(row.at))}
      </td>
      <td>{row.actor}</td>
      <td>{t.action[row.action] ?? row.action}</td>
      <td>
        {nameOf(row)} <span className="num dim">{row.objectId}</span>
      </td>
      <td>
        <ToneWord tone={OUTCOME_TONES[row.outcome] ?? 'quiet'}>{t.outcome[row.outcome] ?? row.outcome}</ToneWord>
      </td>
      <td className="dim">{[row.reason ?? '', ...facts].filter((text) => text !== '').join(' · ')}</td>
    </tr>
  )
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** The name by which the register knows it now; "" of what is gone or has none. */
function nameOf({ objectKind, objectId }: AuditRow): string {
  const id = objectId ?? ''
  switch (objectKind) {
    case 'camera':
      return store.cameras.get(id)?.name ?? ''
    case 'site':
      return store.sites.get(id)?.name ?? ''
    case 'device':
      return store.devices.get(id)?.name ?? ''
    case 'patrol':
      return store.patrols.get(id)?.callsign ?? ''
    case 'incident':
      return store.incidents.get(id)?.number ?? ''
    default:
      return ''
  }
}
