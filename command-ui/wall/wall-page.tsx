import { useEffect, useMemo, useRef, useState } from 'react'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { usePageKeys } from '../ui/use-page-keys.ts'
import { toggleHeard } from '../video/heard.ts'
import { CameraDrawer } from './camera-drawer.tsx'
import { useTour, type RunningTour } from './use-tour.ts'
import { useWall } from './use-wall.ts'
import { useWallAlarm } from './use-wall-alarm.ts'
import { cellForNext, type WallStep } from './wall-cells.ts'
import { WallGrid } from './wall-grid.tsx'
import { wallKey } from './wall-keys.ts'
import { isUnsaved } from './wall-layouts.ts'
import { wallWish } from './wall-wish.ts'
import { WallToolbar } from './wall-toolbar.tsx'
import './wall-page.css'

/** It has one page as a rule; a larger scene turns its pages slowly. */
const WISH_S = 15

/** Live pictures side by side: the officer's own arrangement, a tour, and the tile that an open alarm has taken. */
export function WallPage({ screen }: { screen: number }) {
  const t = useText()
  const { wall, step } = useWall(screen)
  const [isHeld, setHeld] = useState(false)
  const [hasList, setList] = useState(screen === 1)
  const [found, setFound] = useState<readonly string[]>([])
  const tour = useTour(wall.tiles, isHeld || wall.isFull)
  const own = useMemo(() => wall.cameraIds.slice(0, wall.tiles), [wall.cameraIds, wall.tiles])
  const shown = tour.cells ?? own
  const alarm = useWallAlarm(shown)
  const cells = useMemo(
    () => (alarm ? shown.map((id, cell) => (cell === alarm.cell ? alarm.cameraId : id)) : shown),
    [shown, alarm],
  )
  const hasWaitingAlarm = useAll(store.alarms).some(({ state }) => state === 'raised')
  const isLost = useObservable(isUnsaved)
  const grid = useRef<HTMLDivElement>(null)
  const focusCamera = store.cameras.get(cells[wall.focus] ?? '')
  const isSteering = (wall.isFull || wall.tiles === 1) && focusCamera?.ptz === true
  usePageKeys(grid, (event) => {
    const act = wallKey(event.key.length === 1 ? event.key.toLowerCase() : event.key, wall, {
      hasWaitingAlarm,
      isSteering,
    })
    if (!act) return false
    if (act.do === 'tour') tour.turn(act.by)
    else if (act.do === 'tour-pause') tour.togglePause()
    else if (act.do === 'sound') toggleHeard(focusCamera)
    else if (act.do === 'list') setList((now) => !now)
    else if (act.do === 'full' && !act.isFull && tour.tour?.cameraIds.length === 1) leaveOne(tour, step)
    else step(act)
    return true
  })
  useWish(tour, step)
  const place = (cameraId: string) => {
    tour.start(null)
    step({ do: 'place', cell: cellForNext(wall), cameraId })
  }
  return (
    <section className="panel wall" aria-label={t.wall.heading} data-wall={screen} data-tiles={wall.tiles}>
      <WallToolbar
        screen={screen}
        wall={wall}
        step={step}
        tour={tour}
        found={found}
        hasList={hasList}
        setList={setList}
      />
      {isLost && <p className="wall-unsaved">{t.wall.unsaved}</p>}
      <div className="wall-body">
        <WallGrid
          ref={grid}
          screen={screen}
          wall={wall}
          cells={cells}
          alarm={alarm}
          isTouring={tour.tour !== null}
          step={step}
          onHold={setHeld}
        />
        {hasList && <CameraDrawer shown={cells} onFound={setFound} onPlace={place} onClose={() => setList(false)} />}
      </div>
    </section>
  )
}

/** A camera or a scene that the desk wants to see, without touching what the officer has arranged. */
function useWish(tour: RunningTour, step: (step: WallStep) => void): void {
  const wish = useObservable(wallWish)
  const { start } = tour
  useEffect(() => {
    if (!wish) return
    wallWish.set(null)
    const [first = ''] = wish.cameraIds
    start({
      name: wish.name ?? store.cameras.get(first)?.name ?? first,
      cameraIds: [...wish.cameraIds],
      dwellS: WISH_S,
    })
    step({ do: 'focus', cell: 0 })
    if (wish.cameraIds.length === 1) step({ do: 'full', isFull: true })
  }, [wish, start, step])
}

/** Back from one enlarged camera to the officer's own wall. */
function leaveOne(tour: RunningTour, step: (step: WallStep) => void): void {
  tour.start(null)
  step({ do: 'full', isFull: false })
}
