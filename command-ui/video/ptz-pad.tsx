import { useEffect, useMemo, useRef, useState } from 'react'
import type { Camera, PtzState } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { isTyping } from '../desk/attention.ts'
import { useText } from '../i18n/language.ts'
import { dragSpeed, keySpeed, type PtzSpeed } from './ptz-speed.ts'
import { Steer } from './steer.ts'
import './ptz-pad.css'

/** Whose hand is on it stands for five seconds at the centre; half of that is soon enough. */
const LOOK_EVERY_MS = 2500
/** One notch of the wheel. */
const WHEEL_MS = 250

/** Over the picture of a camera that turns: drag, wheel, keys, buttons, presets, and who else is steering. */
export function PtzPad({ camera }: { camera: Camera }) {
  const t = useText()
  const steer = useMemo(() => new Steer(camera.id), [camera.id])
  const [drag, setDrag] = useState<{ x: number; y: number; dx: number; dy: number } | null>(null)
  useEffect(() => () => steer.stop(), [steer])
  useSteeringKeys(steer)
  const hold = (speed: PtzSpeed) => ({
    onPointerDown: () => steer.move(speed),
    onPointerUp: () => steer.stop(),
    onPointerLeave: () => steer.stop(),
    // A key on the button is a short push: it has no "let go" that could be lost.
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      void steer.order({ move: speed, durationMs: WHEEL_MS })
    },
  })
  return (
    <div className="ptz" role="group" aria-label={t.ptz.label} data-ptz={camera.id}>
      <div
        className="ptz-surface"
        title={t.ptz.hint}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag({ x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY, dx: 0, dy: 0 })
        }}
        onPointerMove={(event) => {
          if (!drag) return
          const next = {
            ...drag,
            dx: event.nativeEvent.offsetX - drag.x,
            dy: event.nativeEvent.offsetY - drag.y,
          }
          setDrag(next)
          steer.move(dragSpeed(next.dx, next.dy, event.currentTarget.clientHeight / 3))
        }}
        onPointerUp={() => (setDrag(null), steer.stop())}
        onPointerCancel={() => (setDrag(null), steer.stop())}
        onDoubleClick={(event) => event.stopPropagation()}
        onWheel={(event) =>
          void steer.order({ move: { pan: 0, tilt: 0, zoom: event.deltaY < 0 ? 0.5 : -0.5 }, durationMs: WHEEL_MS })
        }
      />
      {drag && <DragArrow {...drag} />}
      <div className="ptz-buttons">
        {(
          [
            ['◀', t.ptz.left, 'ArrowLeft'],
            ['▲', t.ptz.up, 'ArrowUp'],
            ['▼', t.ptz.down, 'ArrowDown'],
            ['▶', t.ptz.right, 'ArrowRight'],
            ['＋', t.ptz.zoomIn, '+'],
            ['－', t.ptz.zoomOut, '-'],
          ] as const
        ).map(([sign, label, key]) => (
          <button key={key} type="button" aria-label={label} title={label} {...hold(keySpeed(key)!)}>
            {sign}
          </button>
        ))}
        <button type="button" title={`${t.ptz.home} (Home)`} onClick={() => void steer.order({ home: true })}>
          {t.ptz.home}
        </button>
        <Presets cameraId={camera.id} onChoose={(preset) => void steer.order({ preset })} />
        <WhoSteers cameraId={camera.id} />
      </div>
    </div>
  )
}

/** Where the hand pulls. */
function DragArrow({ x, y, dx, dy }: { x: number; y: number; dx: number; dy: number }) {
  return (
    <svg className="ptz-arrow" aria-hidden="true">
      <circle cx={x} cy={y} r="7" />
      <line x1={x} y1={y} x2={x + dx} y2={y + dy} />
      <circle cx={x + dx} cy={y + dy} r="4" className="ptz-end" />
    </svg>
  )
}

/** Arrows, + and −, Home: as long as the picture fills the wall, and no field and no button has the focus. */
function useSteeringKeys(steer: Steer): void {
  useEffect(() => {
    const held = new Set<string>()
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping()) return
      if (document.activeElement instanceof HTMLButtonElement) return
      const speed = keySpeed(event.key)
      if (!speed && event.key !== 'Home') return
      event.preventDefault()
      event.stopPropagation()
      if (event.repeat) return
      if (!speed) return void steer.order({ home: true })
      held.add(event.key)
      steer.move(speed)
    }
    const release = (event: KeyboardEvent) => {
      if (held.delete(event.key)) steer.stop()
    }
    const drop = () => {
      held.clear()
      steer.stop()
    }
    addEventListener('keydown', press, true)
    addEventListener('keyup', release, true)
    addEventListener('blur', drop)
    return () => {
      removeEventListener('keydown', press, true)
      removeEventListener('keyup', release, true)
      removeEventListener('blur', drop)
    }
  }, [steer])
}

/** Named positions of the camera, where the centre knows them. */
function Presets({ cameraId, onChoose }: { cameraId: string; onChoose: (token: string) => void }) {
  const t = useText()
  const [presets, setPresets] = useState<{ token: string; name: string | null }[]>([])
  useEffect(() => {
    let isGone = false
    api.presets(cameraId).then(
      ({ items }) => isGone || setPresets(items),
      // A centre or a camera without presets: the buttons above do.
      () => isGone || setPresets([]),
    )
    return () => {
      isGone = true
    }
  }, [cameraId])
  if (presets.length === 0) return null
  return (
    <select value="" aria-label={t.ptz.presets} onChange={(event) => onChoose(event.target.value)}>
      <option value="">{t.ptz.presets}…</option>
      {presets.map(({ token, name }) => (
        <option key={token} value={token}>
          {name ?? token}
        </option>
      ))}
    </select>
  )
}

function WhoSteers({ cameraId }: { cameraId: string }) {
  const t = useText()
  const me = useObservable(store.me)
  const [state, setState] = useState<PtzState>({ steering: null })
  const isAsking = useRef(false)
  useEffect(() => {
    const look = () => {
      if (isAsking.current) return
      isAsking.current = true
      api
        .ptzState(cameraId)
        // Unknown is shown as nobody: the name is a courtesy, the last order wins anyway.
        .then(setState, () => setState({ steering: null }))
        .finally(() => {
          isAsking.current = false
        })
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [cameraId])
  const by = state.steering?.by
  const words =
    by === undefined
      ? t.ptz.free
      : by === me?.username
        ? t.ptz.steeringMe
        : by === 'centre'
          ? t.ptz.cue
          : t.ptz.steering(state.steering?.name ?? by)
  const isOther = by !== undefined && by !== me?.username
  return (
    <span className={`ptz-who ${isOther ? 'is-other' : ''}`} role="status">
      {isOther && '✋ '}
      {words}
    </span>
  )
}
