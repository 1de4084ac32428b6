import { useState } from 'react'
import { say } from '../desk/actions.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { LayoutChoice } from './layout-choice.tsx'
import { openScreen, screenAddress } from './open-screen.ts'
import { TourChoice } from './tour-choice.tsx'
import type { RunningTour } from './use-tour.ts'
import { sideOf, TILE_COUNTS, type Wall, type WallStep } from './wall-cells.ts'
import './wall-toolbar.css'

/** How many pictures, which layout, which tour, which monitor. */
export function WallToolbar({
  screen,
  wall,
  step,
  tour,
  found,
  hasList,
  setList,
}: {
  screen: number
  wall: Wall
  step: (step: WallStep) => void
  tour: RunningTour
  /** What the words in the camera list find. */
  found: readonly string[]
  hasList: boolean
  setList: (hasList: boolean) => void
}) {
  const t = useText()
  const [isOpening, setOpening] = useState(false)
  const open = async () => {
    setOpening(true)
    const isOpen = await openScreen(screen + 1)
    setOpening(false)
    if (!isOpen) say(t.wall.popupRefused(new URL(screenAddress(screen + 1), location.href).href), true)
  }
  return (
    <header className="wall-toolbar">
      <h1>{screen === 1 ? t.wall.heading : `${t.wall.heading} · ${t.wall.screen(screen)}`}</h1>
      <div role="radiogroup" aria-label={t.wall.layout} className="segmented">
        {TILE_COUNTS.map((tiles) => (
          <button
            key={tiles}
            type="button"
            role="radio"
            aria-checked={wall.tiles === tiles}
            aria-label={t.wall.tiles(tiles)}
            aria-keyshortcuts={String(sideOf(tiles))}
            onClick={() => step({ do: 'tiles', tiles })}
          >
            {sideOf(tiles)}×{sideOf(tiles)}
          </button>
        ))}
      </div>
      <LayoutChoice wall={wall} onShow={(layout) => (tour.start(null), step({ do: 'show', ...layout }))} />
      <TourChoice tour={tour} wall={wall} found={found} />
      <div className="wall-toolbar-end">
        {screen < 4 && (
          <button type="button" disabled={isOpening} onClick={() => void open()}>
            {t.wall.openScreen(screen + 1)} ↗
          </button>
        )}
        <button type="button" aria-pressed={hasList} onClick={() => setList(!hasList)}>
          {t.wall.list} <Key>S</Key>
        </button>
      </div>
    </header>
  )
}
