import { useMemo } from 'react'
import type { CameraState } from '../../domain/camera.ts'
import type { DeviceState } from '../../domain/device.ts'
import type { Priority } from '../../domain/alarm.ts'
import type { PatrolStatus } from '../../domain/patrol.ts'
import { useText } from '../i18n/language.ts'
import './marks.css'

/** Shapes that say the same as the colours, for those who do not see the colours. Sizes follow the text (1em). */

const PRIORITY_SHAPES: Record<Priority, string> = {
  1: 'M8 0 16 8 8 16 0 8z',
  2: 'M8 1 16 15 0 15z',
  3: 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1z',
  4: 'M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13zM8 3.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9z',
}

export function PriorityMark({ priority }: { priority: Priority }) {
  return (
    <svg className={`mark p${priority}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PRIORITY_SHAPES[priority]} fillRule="evenodd" fill="currentColor" />
    </svg>
  )
}

const PATROL_SHAPES: Record<PatrolStatus, string> = {
  free: '➤',
  ordered: '»',
  accepted: '»',
  'en-route': '»',
  'on-scene': '◉',
  off: '○',
  'out-of-service': '⊘',
}

export function PatrolWord({ status }: { status: PatrolStatus }) {
  const t = useText()
  return (
    <span className={`word patrol-${status}`}>
      <span aria-hidden="true">{PATROL_SHAPES[status]}</span> {t.patrolStatus[status]}
    </span>
  )
}

export type Tone = 'ok' | 'warn' | 'bad' | 'quiet'
const TONE_SHAPES: Record<Tone, string> = { ok: '✓', warn: '▲', bad: '✕', quiet: '○' }

/** A state as shape, word and colour. `bad` is orange, never the red of an alarm. */
export function ToneWord({ tone, children, title }: { tone: Tone; children: React.ReactNode; title?: string }) {
  return (
    <span className={`word tone-${tone}`} title={title}>
      <span aria-hidden="true">{TONE_SHAPES[tone]}</span> {children}
    </span>
  )
}

const CAMERA_TONES: Record<CameraState, Tone> = {
  idle: 'quiet',
  connecting: 'quiet',
  online: 'ok',
  'no-key-frame': 'warn',
  stalled: 'warn',
  frozen: 'bad',
  offline: 'bad',
  'login-refused': 'bad',
  'not-a-camera': 'bad',
}

export function CameraWord({ state, reason }: { state: CameraState; reason: string | null }) {
  const t = useText()
  return (
    <ToneWord tone={CAMERA_TONES[state]} title={reason === null ? undefined : t.sentence(reason)}>
      {t.cameraState[state]}
    </ToneWord>
  )
}

const DEVICE_TONES: Record<DeviceState, Tone> = {
  init: 'quiet',
  ready: 'ok',
  sleeping: 'quiet',
  disconnected: 'warn',
  lost: 'bad',
  alert: 'warn',
}

export function DeviceWord({ state }: { state: DeviceState }) {
  const t = useText()
  return <ToneWord tone={DEVICE_TONES[state]}>{t.deviceState[state]}</ToneWord>
}

export function Key({ children }: { children: React.ReactNode }) {
  return <kbd aria-hidden="true">{children}</kbd>
}

/** A phone number that can be called where a softphone is installed. */
export function Phone({ number }: { number: string }) {
  const href = useMemo(() => `tel:${number.replaceAll(/[^+\d]/g, '')}`, [number])
  return (
    <a className="num" href={href}>
      {number}
    </a>
  )
}
