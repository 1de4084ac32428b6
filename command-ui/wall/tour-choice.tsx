import { useState } from 'react'
import type { WallTour } from '../../domain/wall.ts'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import type { RunningTour } from './use-tour.ts'
import type { Wall } from './wall-cells.ts'
import { changeLayouts, layouts } from './wall-layouts.ts'

/** The tour that is always there; its value is no name that can be typed. */
const ALL = '*'
const NEW = '+'
const ASKED = '~'
const DWELL_S = 10
const STOPS_MAX = 100

/** 轮巡: choose one, hold it, turn its pages; make one from the wall or from what the camera list finds. */
export function TourChoice({ tour, wall, found }: { tour: RunningTour; wall: Wall; found: readonly string[] }) {
  const t = useText()
  const saved = useObservable(layouts)?.tours ?? []
  const cameras = useAll(store.cameras)
  const [isMaking, setMaking] = useState(false)
  const [chosen, setChosen] = useState('')
  const choose = (value: string) => {
    if (value === NEW) return setMaking(true)
    setChosen(value)
    if (value === ALL) {
      const cameraIds = cameras.filter((camera) => camera.enabled).map((camera) => camera.id)
      return tour.start({ name: t.wall.tourAll, cameraIds, dwellS: DWELL_S })
    }
    tour.start(saved.find((one) => one.name === value) ?? null)
  }
  // What the desk has asked for has a name of its own and is not among the saved.
  const isAsked = tour.tour !== null && tour.tour.name !== (chosen === ALL ? t.wall.tourAll : chosen)
  const value = tour.tour ? (isAsked ? ASKED : chosen) : ''
  if (isMaking) {
    return (
      <NewTour
        wall={wall}
        found={found}
        onClose={() => setMaking(false)}
        onMade={(made) => {
          changeLayouts((now) => ({
            ...now,
            tours: [...now.tours.filter((one) => one.name !== made.name), made],
          }))
          setMaking(false)
          setChosen(made.name)
          tour.start(made)
        }}
      />
    )
  }
  return (
    <div className="wall-choice">
      <select value={value} aria-label={t.wall.tour} onChange={(event) => choose(event.target.value)}>
        <option value="">{t.wall.tourOff}</option>
        {isAsked && <option value={ASKED}>{tour.tour?.name}</option>}
        <option value={ALL}>
          {t.wall.tour}: {t.wall.tourAll}
        </option>
        {saved.map((one) => (
          <option key={one.name} value={one.name}>
            {t.wall.tour}: {one.name} · {one.cameraIds.length}
          </option>
        ))}
        <option value={NEW}>+ {t.wall.tourNew}…</option>
      </select>
      {tour.tour && <TourButtons tour={tour} />}
      {tour.tour && saved.some((one) => one.name === chosen) && (
        <button
          type="button"
          className="quiet"
          aria-label={t.wall.remove(chosen)}
          onClick={() => {
            changeLayouts((now) => ({ ...now, tours: now.tours.filter((one) => one.name !== chosen) }))
            tour.start(null)
          }}
        >
          {t.wall.removeShort}
        </button>
      )}
    </div>
  )
}

function TourButtons({ tour }: { tour: RunningTour }) {
  const t = useText()
  return (
    <>
      <button type="button" onClick={() => tour.turn(-1)} aria-label={t.wall.previous}>
        ‹ <Key>[</Key>
      </button>
      <button
        type="button"
        onClick={tour.togglePause}
        aria-label={tour.isPaused ? t.wall.resume : t.wall.pause}
        aria-pressed={tour.isPaused}
      >
        {tour.isPaused ? '▶' : '❚❚'}
      </button>
      <button type="button" onClick={() => tour.turn(1)} aria-label={t.wall.next}>
        <Key>]</Key> ›
      </button>
      <span className="num" role="status" data-tour-page={tour.page}>
        {t.wall.tourPage(tour.page, tour.pages)}
        {tour.isPaused && <span className="dim"> · {t.wall.tourPaused}</span>}
      </span>
    </>
  )
}

function NewTour({
  wall,
  found,
  onMade,
  onClose,
}: {
  wall: Wall
  found: readonly string[]
  onMade: (tour: WallTour) => void
  onClose: () => void
}) {
  const t = useText()
  const onWall = wall.cameraIds.slice(0, wall.tiles).filter((id) => id !== null)
  const inList = found.slice(0, STOPS_MAX)
  const [name, setName] = useState('')
  const [dwellS, setDwellS] = useState(DWELL_S)
  const [isOfList, setOfList] = useState(inList.length > 0)
  const cameraIds = isOfList ? inList : onWall
  const isReady = name.trim() !== '' && cameraIds.length > 0 && dwellS >= 3 && dwellS <= 600
  return (
    <form
      className="wall-form"
      data-own-keys
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onMade({ name: name.trim(), cameraIds: [...cameraIds], dwellS })
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <input
        autoFocus
        required
        maxLength={40}
        value={name}
        placeholder={`${t.wall.tour}: ${t.wall.name}`}
        aria-label={t.wall.name}
        onChange={(event) => setName(event.target.value)}
      />
      <select
        value={isOfList ? 'list' : 'wall'}
        aria-label={t.wall.tourOf}
        onChange={(event) => setOfList(event.target.value === 'list')}
      >
        <option value="list">{t.wall.ofList(inList.length)}</option>
        <option value="wall">{t.wall.ofWall(onWall.length)}</option>
      </select>
      <label>
        {t.wall.dwell}{' '}
        <input
          type="number"
          min={3}
          max={600}
          value={dwellS}
          onChange={(event) => setDwellS(Math.round(Number(event.target.value)))}
        />
      </label>
      <button type="submit" className="primary" disabled={!isReady}>
        {t.action.confirm}
      </button>
      <button type="button" onClick={onClose}>
        {t.action.cancel}
      </button>
    </form>
  )
}
