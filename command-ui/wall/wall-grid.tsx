import { useEffect, useRef, useState } from 'react'
import { pageProtocol, tileMode } from '../video/playlist-budget.ts'
import { EmptyTile, WallTile } from './wall-tile.tsx'
import { sideOf, type Wall, type WallStep } from './wall-cells.ts'
import type { AlarmTile } from './use-wall-alarm.ts'
import './wall-grid.css'

/** Covered pictures go on for a moment: who looks closer often comes back at once, to nine pictures that still run. */
const COVERED_REST_MS = 10_000

/** The tiles; the one that is looked at may fill the wall, the alarm's then stands in its corner. */
export function WallGrid({
  ref,
  screen,
  wall,
  cells,
  alarm,
  isTouring,
  step,
  onHold,
}: {
  ref: React.RefObject<HTMLDivElement | null>
  screen: number
  wall: Wall
  cells: readonly (string | null)[]
  alarm: AlarmTile | null
  /** Drops and clears belong to the officer's own wall, not to a page of a tour. */
  isTouring: boolean
  step: (step: WallStep) => void
  onHold: (isHeld: boolean) => void
}) {
  const isResting = useAfter(wall.isFull, COVERED_REST_MS)
  const [protocol] = useState(pageProtocol)
  useFocusFollows(ref, wall.focus)
  const side = sideOf(wall.tiles)
  return (
    <div
      ref={ref}
      className={`wall-grid ${wall.isFull ? 'has-full' : ''}`}
      style={{ gridTemplate: `repeat(${side}, minmax(0, 1fr)) / repeat(${side}, minmax(0, 1fr))` }}
      onPointerEnter={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
      onFocus={(event) => event.target.matches(':focus-visible') && onHold(true)}
      onBlur={() => onHold(false)}
    >
      {cells.map((cameraId, cell) => {
        const isFull = wall.isFull && cell === wall.focus
        const alarmHere = alarm?.cell === cell ? alarm.alarm : null
        const place = { screen, cell, isFocus: cell === wall.focus, isTouring, step }
        if (cameraId === null) return <EmptyTile key={cell} {...place} />
        return (
          <WallTile
            key={cell}
            {...place}
            cameraId={cameraId}
            alarm={alarmHere}
            isFull={isFull}
            isAlone={wall.tiles === 1}
            mode={tileMode(protocol, wall.tiles, isFull || wall.tiles === 1)}
            isCovered={isResting && !isFull && alarmHere === null}
          />
        )
      })}
    </div>
  )
}

/** True once `is` has held for so long. */
function useAfter(is: boolean, ms: number): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    if (!is) return
    const timer = setTimeout(() => setOver(true), ms)
    return () => {
      clearTimeout(timer)
      setOver(false)
    }
  }, [is, ms])
  return isOver
}

/** The keys move the focus of the page with them, for the ring and for a screen reader; a mere arrival takes none. */
function useFocusFollows(grid: React.RefObject<HTMLDivElement | null>, focus: number): void {
  const before = useRef(focus)
  useEffect(() => {
    if (before.current === focus) return
    before.current = focus
    const tile = grid.current?.children[focus]
    if (tile instanceof HTMLElement && !tile.contains(document.activeElement)) tile.focus({ preventScroll: true })
  }, [grid, focus])
}
