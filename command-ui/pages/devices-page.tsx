import { useMemo, useState } from 'react'
import type { Device, DeviceKind } from '../../domain/device.ts'
import { api } from '../data/api.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAnswer } from '../data/use-answer.ts'
import { useAll, useNowMs, useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { BulkPanel } from '../registers/bulk-panel.tsx'
import { ImportPanel } from '../registers/import-panel.tsx'
import { useMayWrite } from '../registers/may-write.ts'
import { RegisterTools } from '../registers/register-tools.tsx'
import { AllCheck, RowCheck } from '../registers/row-check.tsx'
import { SelectedBar } from '../registers/selected-bar.tsx'
import { useSelectedRows, type SelectedRows } from '../registers/use-selected-rows.ts'
import { inOrder, useSort, type Sort } from '../registers/use-sort.ts'
import { OfflineSince, TestAge } from '../ui/device-life.tsx'
import { DeviceWord } from '../ui/marks.tsx'
import { nameIn } from '../ui/names.ts'
import { SearchField } from '../ui/search-field.tsx'
import { LifeSelect } from '../registers/life-select.tsx'
import { IssueCredential } from './issue-credential.tsx'
import {
  DEVICE_LIFE,
  DEVICE_ORDER,
  deviceKey,
  fitsDevice,
  KINDS,
  type DeviceColumn,
  type DeviceLife,
} from './device-order.ts'
import { PageFrame } from './page-frame.tsx'
import { EmptyState, LoadingState, useIsLoading } from './page-state.tsx'
import { PageTable, ROWS_MAX } from './page-table.tsx'
import { SiteName } from './site-name.tsx'

/** What stands beside the list. */
type Beside = { show: 'nothing' } | { show: 'import' } | { show: 'bulk' } | { show: 'credential'; device: Device }

/** The register of alarm devices: found, sorted by their life, changed many at a time, taken in and given out as a file. */
export function DevicesPage() {
  const t = useText()
  const isLoading = useIsLoading()
  const mayWrite = useMayWrite('device')
  const [kind, setKind] = useState<DeviceKind | 'all'>('button')
  const [words, setWords] = useState('')
  const [life, setLife] = useState<DeviceLife>('all')
  const [beside, setBeside] = useState<Beside>({ show: 'nothing' })
  const sort = useSort<DeviceColumn>('state')
  const { devices, found } = useFound({ kind, words, life, sort })
  const ids = useMemo(() => found.map(({ id }) => id), [found])
  const rows = useSelectedRows(ids)
  const close = () => setBeside({ show: 'nothing' })
  return (
    <PageFrame
      heading={t.devices.heading}
      count={found.length}
      tools={
        <>
          <DeviceFilters {...{ kind, setKind, life, setLife, words, setWords }} />
          <RegisterTools
            register="devices"
            mayWrite={mayWrite}
            isImporting={beside.show === 'import'}
            onImport={() => setBeside({ show: beside.show === 'import' ? 'nothing' : 'import' })}
          />
        </>
      }
      aside={
        beside.show === 'credential' ? (
          <IssueCredential key={beside.device.id} device={beside.device} onClose={close} />
        ) : beside.show === 'import' ? (
          <ImportPanel register="devices" onClose={close} />
        ) : beside.show === 'bulk' ? (
          <BulkPanel
            register="devices"
            ids={rows.ids}
            nameOf={(id) => store.devices.get(id)?.name ?? id}
            onClose={close}
          />
        ) : null
      }
    >
      {isLoading ? (
        <LoadingState />
      ) : found.length === 0 ? (
        <EmptyState
          words={devices.length === 0 ? t.devices.empty : t.devices.noMatch}
          {...(devices.length === 0 && { hint: t.devices.emptyHint })}
        />
      ) : (
        <>
          <DeviceTable
            found={found}
            sort={sort}
            rows={mayWrite ? rows : null}
            onIssue={mayWrite ? (device) => setBeside({ show: 'credential', device }) : null}
          />
          {mayWrite && <SelectedBar rows={rows} onChange={() => setBeside({ show: 'bulk' })} />}
        </>
      )}
    </PageFrame>
  )
}

function useFound({
  kind,
  words,
  life,
  sort,
}: {
  kind: DeviceKind | 'all'
  words: string
  life: DeviceLife
  sort: Sort<DeviceColumn>
}) {
  const devices = useAll(store.devices)
  const lang = useObservable(language)
  const settings = useAnswer(api.centreSettings)
  const testEveryDays = settings.value?.testEveryDays ?? 0
  const nowMs = useNowMs()
  // The minute is enough for what is counted in days.
  const minuteMs = Math.floor(nowMs / 60_000) * 60_000
  const { by, isDown } = sort
  const found = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const siteName = (id: string | null) => {
      const site = store.sites.get(id ?? '')
      return site ? nameIn(lang, site) : ''
    }
    const fits = (device: Device) =>
      (kind === 'all' || device.kind === kind) &&
      fitsDevice(device, life, minuteMs, testEveryDays) &&
      [device.name, device.id, siteName(device.siteId)].some((text) => text.toLowerCase().includes(wanted))
    const then = (a: Device, b: Device) =>
      DEVICE_ORDER.indexOf(a.state) - DEVICE_ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'zh')
    return inOrder(devices.filter(fits), (device) => deviceKey(device, by, siteName), isDown, then)
  }, [devices, kind, words, life, by, isDown, lang, minuteMs, testEveryDays])
  return { devices, found }
}

function DeviceFilters({
  kind,
  setKind,
  life,
  setLife,
  words,
  setWords,
}: {
  kind: DeviceKind | 'all'
  setKind: (kind: DeviceKind | 'all') => void
  life: DeviceLife
  setLife: (life: DeviceLife) => void
  words: string
  setWords: (words: string) => void
}) {
  const t = useText()
  const devices = useAll(store.devices)
  const kinds = KINDS.filter((one) => devices.some((device) => device.kind === one))
  return (
    <>
      <select
        value={kind}
        aria-label={t.devices.columns.kind}
        onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? 'all')}
      >
        <option value="all">{t.devices.all}</option>
        {kinds.map((one) => (
          <option key={one} value={one}>
            {t.deviceKind[one]}
          </option>
        ))}
      </select>
      <LifeSelect all={DEVICE_LIFE} value={life} onChange={setLife} />
      <SearchField label={t.devices.search} value={words} onChange={setWords} />
    </>
  )
}

function DeviceTable({
  found,
  sort: { head },
  rows,
  onIssue,
}: {
  found: readonly Device[]
  sort: Sort<DeviceColumn>
  /** Null: this officer changes nothing here. */
  rows: SelectedRows | null
  onIssue: ((device: Device) => void) | null
}) {
  const t = useText()
  const c = t.devices.columns
  return (
    <PageTable
      columns={[
        ...(rows ? [{ label: '', box: <AllCheck rows={rows} found={found.length} /> }] : []),
        head(c.state, 'state'),
        head(c.name, 'name'),
        head(c.id, 'id'),
        c.kind,
        head(c.site, 'site'),
        head(c.seen, 'seen'),
        head(c.battery, 'battery'),
        head(c.tested, 'tested'),
        c.credential,
      ]}
      nameless={t.action.other}
      more={found.length - ROWS_MAX}
    >
      {found.slice(0, ROWS_MAX).map((device) => (
        <DeviceRow key={device.id} device={device} rows={rows} onIssue={onIssue} />
      ))}
    </PageTable>
  )
}

function DeviceRow({
  device,
  rows,
  onIssue,
}: {
  device: Device
  rows: SelectedRows | null
  onIssue: ((device: Device) => void) | null
}) {
  const t = useText()
  const nowMs = useNowMs()
  return (
    <tr data-device-row={device.id} className={rows?.has(device.id) ? 'chosen' : ''}>
      {rows && (
        <td>
          <RowCheck id={device.id} name={device.name} rows={rows} />
        </td>
      )}
      <td>
        <DeviceWord state={device.state} />
        <OfflineSince device={device} />
      </td>
      <td>
        {device.name}
        {device.spot && <span className="dim"> · {device.spot}</span>}
      </td>
      <td className="num dim">{device.id}</td>
      <td>{t.deviceKind[device.kind]}</td>
      <td>
        <SiteName siteId={device.siteId} />
      </td>
      <td className="num">
        {device.lastSeenAt
          ? t.unit.ago(t.unit.age(Math.max(0, (nowMs - timeMs(device.lastSeenAt)) / 1000)))
          : t.devices.never}
      </td>
      <td className="num">{device.batteryPct === null ? '—' : `${Math.round(device.batteryPct)}%`}</td>
      <td className="num">
        <TestAge device={device} />
      </td>
      <td className="row-buttons">
        <span className="dim">{device.hasCredential ? `✓ ${t.devices.has}` : `○ ${t.devices.hasNot}`}</span>
        {onIssue && (
          <button type="button" className="quiet" onClick={() => onIssue(device)}>
            {device.hasCredential ? t.devices.reissue : t.devices.issue}
          </button>
        )}
      </td>
    </tr>
  )
}
