import { useMemo, useState } from 'react'
import type { Device, DeviceKind } from '../../domain/device.ts'
import { timeMs } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import { useAll, useNowMs } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { OfflineSince, TestAge } from '../ui/device-life.tsx'
import { DeviceWord } from '../ui/marks.tsx'
import { IssueCredential } from './issue-credential.tsx'
import { PageFrame } from './page-frame.tsx'
import { PageTable, ROWS_MAX } from './page-table.tsx'
import { SiteName } from './site-name.tsx'

const ORDER = ['alert', 'lost', 'disconnected', 'init', 'ready', 'sleeping']
const KINDS: DeviceKind[] = ['button', 'pendant', 'tag', 'handheld', 'patrol', 'taxi']

export function DevicesPage() {
  const t = useText()
  const devices = useAll(store.devices)
  const [words, setWords] = useState('')
  const [kind, setKind] = useState<DeviceKind | 'all'>('button')
  const [issuing, setIssuing] = useState<Device | null>(null)
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const match = (device: Device) =>
      wanted === '' ||
      [device.name, device.id, store.sites.get(device.siteId ?? '')?.name ?? ''].some((text) =>
        text.toLowerCase().includes(wanted),
      )
    return devices
      .filter((device) => (kind === 'all' || device.kind === kind) && match(device))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'zh'))
  }, [devices, words, kind])
  const kinds = KINDS.filter((one) => devices.some((device) => device.kind === one))
  return (
    <PageFrame
      heading={t.devices.heading}
      count={rows.length}
      tools={
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
          <input
            type="search"
            value={words}
            placeholder={t.devices.search}
            aria-label={t.devices.search}
            onChange={(event) => setWords(event.target.value)}
          />
        </>
      }
      aside={issuing && <IssueCredential key={issuing.id} device={issuing} onClose={() => setIssuing(null)} />}
    >
      {rows.length === 0 ? (
        <p className="empty dim">{devices.length === 0 ? t.devices.empty : t.devices.noMatch}</p>
      ) : (
        <DeviceTable rows={rows} onIssue={setIssuing} />
      )}
    </PageFrame>
  )
}

function DeviceTable({ rows, onIssue }: { rows: readonly Device[]; onIssue: (device: Device) => void }) {
  const t = useText()
  const c = t.devices.columns
  return (
    <PageTable
      columns={[c.state, c.name, c.id, c.kind, c.site, c.seen, c.battery, c.tested, c.credential]}
      nameless={t.action.other}
    >
      {rows.slice(0, ROWS_MAX).map((device) => (
        <DeviceRow key={device.id} device={device} onIssue={onIssue} />
      ))}
    </PageTable>
  )
}

function DeviceRow({ device, onIssue }: { device: Device; onIssue: (device: Device) => void }) {
  const t = useText()
  const nowMs = useNowMs()
  return (
    <tr data-device-row={device.id}>
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
        <button type="button" className="quiet" onClick={() => onIssue(device)}>
          {device.hasCredential ? t.devices.reissue : t.devices.issue}
        </button>
      </td>
    </tr>
  )
}
