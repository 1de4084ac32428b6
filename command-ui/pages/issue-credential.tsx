import { useState } from 'react'
import type { Device } from '../../domain/device.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { clock } from '../data/clock.ts'
import { countOddity, store } from '../data/centre.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import './issue-credential.css'

/** A line for a terminal that does what a finger on this device does, ready to run. */
export function pressCommand(device: Pick<Device, 'id' | 'kind'>, username: string, password: string, eventId: string) {
  const mqtt = store.mqtt.get()
  const payload = JSON.stringify({ id: eventId, type: 'panic' })
  return [
    `mosquitto_pub -h ${mqtt?.host ?? location.hostname} -p ${mqtt?.port ?? 1883}${mqtt?.isTls ? ' --tls-use-os-certs' : ''} -q 1`,
    `-u '${username}' -P '${password}' -i '${device.id}'`,
    `-t 'vigil/1/${device.kind}/${device.id}/event'`,
    `-m '${payload}'`,
  ].join(' ')
}

/** Shows a new credential once, with a command to try it. The old one is dead from that moment. */
export function IssueCredential({ device, onClose }: { device: Device; onClose: () => void }) {
  const t = useText()
  const [issued, setIssued] = useState<{ username: string; password: string; eventId: string } | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const issue = async () => {
    setBusy(true)
    setWrong(null)
    try {
      const credential = await api.issueCredential(device.id)
      setIssued({ ...credential, eventId: `try-${Math.round(clock.nowMs())}` })
    } catch (error) {
      setWrong(faultSentence(asApiFault(error)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="stacked" data-credential-of={device.id}>
      <h2>
        {device.name} <span className="dim num">{device.id}</span>
      </h2>
      {!issued && device.hasCredential && <p className="shortfall">▲ {t.devices.issueSure}</p>}
      <WrongLine words={wrong} />
      {!issued && (
        <div className="menu-buttons">
          <button type="button" className="primary" disabled={isBusy} onClick={() => void issue()}>
            {device.hasCredential ? t.devices.reissue : t.devices.issue}
          </button>
          <button type="button" onClick={onClose}>
            {t.action.cancel}
          </button>
        </div>
      )}
      {issued && (
        <>
          <p className="shortfall">▲ {t.devices.issued}</p>
          <dl className="facts credential">
            <div>
              <dt className="dim">{t.devices.username}</dt>
              <dd>
                <code>{issued.username}</code>
              </dd>
            </div>
            <div>
              <dt className="dim">{t.devices.password}</dt>
              <dd>
                <code data-password>{issued.password}</code>
              </dd>
            </div>
          </dl>
          <h3>{t.devices.tryIt}</h3>
          <pre className="command" data-command>
            {pressCommand(device, issued.username, issued.password, issued.eventId)}
          </pre>
          <div className="menu-buttons">
            <CopyButton text={pressCommand(device, issued.username, issued.password, issued.eventId)} />
            <button type="button" onClick={onClose}>
              {t.action.dismiss}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

function CopyButton({ text }: { text: string }) {
  const t = useText()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch (error) {
      countOddity('clipboard-refused', error) // plain HTTP from another machine: the text stands there to be selected
    }
  }
  return (
    <button type="button" className="primary" onClick={() => void copy()}>
      {isCopied ? `✓ ${t.devices.copied}` : t.devices.copy}
    </button>
  )
}
