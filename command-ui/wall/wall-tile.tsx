import { useMemo, useRef, useState } from 'react'
import type { Alarm } from '../../domain/alarm.ts'
import { store } from '../data/centre.ts'
import { useObservable, useOne } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { Key, PriorityMark } from '../ui/marks.tsx'
import { placeName } from '../ui/names.ts'
import { dragCamera, droppedCamera, isCameraOver } from '../video/drag-camera.ts'
import { heard } from '../video/heard.ts'
import { LiveTakes, type Take } from '../video/live-takes.tsx'
import { DarkTile, FrozenWords, Latency } from '../video/live-tile.tsx'
import { PtzPad } from '../video/ptz-pad.tsx'
import { SoundButton } from '../video/sound-button.tsx'
import { useTileStream } from '../video/tile-stream.ts'
import { useOnScreen } from '../video/use-on-screen.ts'
import type { WallStep } from './wall-cells.ts'
import './wall-tile.css'

interface Place {
  screen: number
  cell: number
  isFocus: boolean
  isTouring: boolean
  step: (step: WallStep) => void
}

/** One picture of the wall, with its name, how far behind it is, and the frame of the alarm that has taken it. */
export function WallTile({
  cameraId,
  alarm,
  isFull,
  isAlone,
  mode,
  isCovered,
  ...place
}: Place & {
  cameraId: string
  alarm: Alarm | null
  isFull: boolean
  isAlone: boolean
  mode: Take['mode']
  /** Behind the enlarged picture: it rests. */
  isCovered: boolean
}) {
  const { cell, isFocus, isTouring, step } = place
  const t = useText()
  const camera = useOne(store.cameras, cameraId)
  const drop = useDrop(place)
  const element = useRef<HTMLDivElement>(null)
  const stream = useTileStream(element, camera)
  const next = useMemo(() => (camera ? { camera, mode, stream } : null), [camera, mode, stream])
  const isHeard = useObservable(heard) === cameraId
  const isOnScreen = useOnScreen(element)
  const isSteered = camera?.ptz === true && (isFull || isAlone)
  return (
    <div
      ref={element}
      role="group"
      aria-label={t.wall.tile(cell + 1, camera?.name ?? t.wall.gone)}
      tabIndex={isFocus ? 0 : -1}
      className={`wall-tile ${isFocus ? 'is-focus' : ''} ${isFull ? 'is-full' : ''} ${alarm ? 'is-alarm' : ''} ${drop.isOver ? 'is-target' : ''}`}
      data-cell={cell}
      data-camera-id={cameraId}
      data-alarm={alarm?.id}
      draggable={!isSteered && !isTouring && !alarm}
      onDragStart={(event) => dragCamera(event, cameraId, `${place.screen}:${cell}`)}
      onClick={() => step({ do: 'focus', cell })}
      onDoubleClick={() => step({ do: 'full', isFull: !isFull })}
      onFocus={() => step({ do: 'focus', cell })}
      {...drop.handlers}
    >
      {next ? (
        <LiveTakes next={next} isAwake={isOnScreen && !isCovered}>
          {(seen, state, poster) => (
            <>
              {state.phase !== 'playing' && <DarkTile camera={seen.camera} state={state} poster={poster} />}
              <FrozenWords camera={seen.camera} state={state} />
              <p className="wall-caption">
                <span className="ellipsis">{seen.camera.name}</span>
                {seen.camera.ptz && <span className="wall-turns">✥ {t.wall.turns}</span>}
                <Latency state={state} />
              </p>
            </>
          )}
        </LiveTakes>
      ) : (
        <p className="tile-words">{t.wall.gone}</p>
      )}
      {alarm && <AlarmHead alarm={alarm} />}
      {isSteered && camera && <PtzPad camera={camera} />}
      <div className={`wall-buttons ${isHeard ? 'is-heard' : ''}`}>
        {camera && <SoundButton camera={camera} isHeard={isHeard} />}
        {!isAlone && (
          <button type="button" onClick={() => step({ do: 'full', isFull: !isFull })}>
            {isFull ? t.wall.small : t.wall.full} <Key>Enter</Key>
          </button>
        )}
        {!isTouring && !alarm && (
          <button type="button" onClick={() => step({ do: 'clear', cell })}>
            {t.wall.clear} <Key>Del</Key>
          </button>
        )}
      </div>
    </div>
  )
}

export function EmptyTile(place: Place) {
  const { cell, isFocus, step } = place
  const t = useText()
  const drop = useDrop(place)
  return (
    <div
      role="group"
      aria-label={t.wall.tile(cell + 1, t.wall.emptyTile)}
      tabIndex={isFocus ? 0 : -1}
      className={`wall-tile is-empty ${isFocus ? 'is-focus' : ''} ${drop.isOver ? 'is-target' : ''}`}
      data-cell={cell}
      onClick={() => step({ do: 'focus', cell })}
      onFocus={() => step({ do: 'focus', cell })}
      {...drop.handlers}
    >
      <p className="tile-words">{isFocus ? t.wall.emptyHint : t.wall.emptyTile}</p>
    </div>
  )
}

/** Why this tile is not the officer's own now. */
function AlarmHead({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const lang = useObservable(language)
  const site = useOne(store.sites, alarm.siteId)
  return (
    <p className={`wall-alarm ${alarm.state === 'raised' ? 'is-raised' : ''}`} role="status">
      <PriorityMark priority={alarm.priority} />
      <strong className="ellipsis">{placeName(lang, alarm, site)}</strong>
      <span className="ellipsis">{t.wall.alarm(t.alarmType[alarm.type])}</span>
    </p>
  )
}

function useDrop({ screen, cell, isTouring, step }: Place) {
  const [isOver, setOver] = useState(false)
  const handlers = {
    onDragOver: (event: React.DragEvent) => {
      if (isTouring || !isCameraOver(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: React.DragEvent) => {
      setOver(false)
      const dragged = droppedCamera(event)
      if (!dragged) return
      event.preventDefault()
      const [fromScreen, fromCell] = (dragged.from ?? '').split(':')
      if (fromScreen === String(screen)) step({ do: 'swap', from: Number(fromCell), to: cell })
      else step({ do: 'place', cell, cameraId: dragged.cameraId })
    },
  }
  return { isOver, handlers }
}
