import { useMemo, useState } from 'react'
import type { Zone } from '../../domain/zone.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { EmptyState, LoadingState, useIsLoading } from '../pages/page-state.tsx'
import { PageTable } from '../pages/page-table.tsx'
import { AreaSketch } from './area-sketch.tsx'
import { useRegisterText } from './register-words.ts'
import { ZoneRow } from './zone-row.tsx'
import './zones-page.css'

/** The district's promises: who is reached in what time at which duty level. */
export function ZonesPage() {
  const t = useRegisterText().zones
  const words = useText()
  const isLoading = useIsLoading()
  const duty = useObservable(store.dutyLevel)
  const all = useAll(store.zones)
  const zones = useMemo(() => [...all].sort((a, b) => a.goalS - b.goalS || a.name.localeCompare(b.name, 'zh')), [all])
  const [chosen, choose] = useState<Zone['id'] | null>(null)
  const c = t.columns
  return (
    <PageFrame
      heading={t.heading}
      count={zones.length}
      tools={
        duty && (
          <span className="dim">
            {words.dutyLevel.level[duty.level]} · {t.now}
          </span>
        )
      }
      aside={zones.length > 0 && <AreaSketch label={t.sketch} zones={zones} chosenId={chosen} />}
    >
      <p className="zones-hint dim">{t.hint}</p>
      {isLoading ? (
        <LoadingState />
      ) : zones.length === 0 ? (
        <EmptyState words={t.empty} />
      ) : (
        <div className="zones-table">
          <PageTable
            columns={[
              c.name,
              c.reached,
              `${c.goal} · ${t.level.normal}`,
              t.level.special,
              t.level.wartime,
              `${c.least} · ${t.level.normal}`,
              t.level.special,
              t.level.wartime,
              null,
            ]}
            nameless={words.action.other}
          >
            {zones.map((zone) => (
              <ZoneRow key={zone.id} zone={zone} isChosen={zone.id === chosen} onChoose={() => choose(zone.id)} />
            ))}
          </PageTable>
        </div>
      )}
    </PageFrame>
  )
}
