import type { Device } from '../../domain/device.ts'
import { timeMs } from '../data/clock.ts'
import { useNowMs } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'

/** How long ago somebody last tried the button; nothing for devices that have none. */
export function TestAge({ device }: { device: Device }) {
  const t = useText()
  const nowMs = useNowMs()
  if (device.kind !== 'button' && device.kind !== 'pendant') return <>—</>
  if (device.testedAt === null) return <span className="is-stale">{t.devices.neverTested}</span>
  return <>{t.unit.ago(t.unit.age(Math.max(0, (nowMs - timeMs(device.testedAt)) / 1000)))}</>
}

/** Its connection has ended, and it is not called lost yet. */
export function OfflineSince({ device }: { device: Device }) {
  const t = useText()
  const nowMs = useNowMs()
  if (!device.offlineSince || device.state === 'lost') return null
  const age = t.unit.age(Math.max(0, (nowMs - timeMs(device.offlineSince)) / 1000))
  return <span className="is-stale num"> {t.devices.offlineFor(age)}</span>
}
