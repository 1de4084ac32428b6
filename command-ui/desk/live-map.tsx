import { useEffect, useRef, useState } from 'react'
import { encodeDots, openDots } from '../../domain/wire/dots.ts'
import { createCityMap } from '../map/city-map.ts'
import type { CityMap, MapMode, MapSwitch } from '../map/city-map-contract.ts'
import { clock } from '../data/clock.ts'
import { store } from '../data/centre.ts'
import type { DotNow } from '../data/store.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { language, useText } from '../i18n/language.ts'
import { dragCamera } from '../video/drag-camera.ts'
import { isTyping } from './attention.ts'
import { loadCityLayers } from './city-layer-files.ts'
import { CloseRoadButton, MapCards } from './map-cards.tsx'
import { closing, coverageShown, showReach } from './map-roads.ts'
import { mapWish } from './map-view.ts'
import { choice, mainCameraId, selection } from './selection.ts'
import { showTrail } from './trails.ts'
import { useMapOverlay } from './use-map-overlay.ts'
import { useMapScene } from './use-map-scene.ts'

const MODES: MapMode[] = ['2d', 'tilt', '3d']
const SWITCHED = ['patrols', 'taxis', 'cameras', 'sites', 'zones', 'coverage', 'buildings', 'labels'] as const
const OFF_AT_FIRST: ReadonlySet<MapSwitch> = new Set(['coverage'])
/** Near enough to read the streets around one car. */
const CLOSE_ZOOM = 15.5

/** The map, fed from the store. React owns the frame around it, never what is drawn inside. */
export function LiveMap({ isShown }: { isShown: boolean }) {
  const t = useText()
  const place = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<CityMap | null>(null)
  const [isImpossible, setImpossible] = useState(false)
  useEffect(() => {
    if (!place.current) return
    const made = createCityMap(place.current, {
      clock,
      language: language.get() === 'en' ? 'en' : 'zh',
      onDragCamera: (dataTransfer, cameraId) => dragCamera({ dataTransfer }, cameraId),
    })
    if (!made) {
      setImpossible(true)
      return
    }
    setMap(made)
    const unfollow = store.onDots((frame) => made.moveDots(frame))
    return () => {
      unfollow()
      made.destroy()
      setMap(null)
    }
  }, [])
  return (
    <>
      <div ref={place} className="map-canvas" data-map={map ? 'ready' : 'none'} />
      {isImpossible && <p className="centre-words">{t.map.failed}</p>}
      {map && <MapFeed map={map} isShown={isShown} />}
      {map && <MapTools map={map} />}
      {map && <MapCards />}
    </>
  )
}

function MapFeed({ map, isShown }: { map: CityMap; isShown: boolean }) {
  const city = useObservable(store.city)
  const lang = useObservable(language)
  const patrols = useAll(store.patrols)
  const vehicles = useAll(store.vehicles)
  const cameras = useAll(store.cameras)
  const sites = useAll(store.sites)
  const coverage = useObservable(store.coverage)
  const wish = useObservable(mapWish)
  useEffect(() => {
    if (!city) return
    let isGone = false
    void loadCityLayers(city.layers, (layers) => {
      if (isGone) return
      map.setCity(layers, { centre: city.centre, bounds: city.bounds, name: city.name })
    })
    return () => {
      isGone = true
    }
  }, [map, city])
  useEffect(() => map.setLanguage(lang === 'en' ? 'en' : 'zh'), [map, lang])
  useEffect(() => map.setPatrols(patrols), [map, patrols])
  useEffect(() => {
    map.setVehicles(vehicles)
    // The list is older than the stream: what has moved since stays where the stream has put it.
    const known = openDots(encodeDots(clock.nowMs(), [...store.dots.values()].map(agedDot)).buffer)
    if (known) map.moveDots(known)
  }, [map, vehicles])
  useEffect(() => map.setCameras(cameras), [map, cameras])
  useEffect(() => map.setSites(sites), [map, sites])
  useEffect(() => map.setCoverage(coverage), [map, coverage])
  useEffect(() => {
    if (isShown) map.resize()
  }, [map, isShown])
  useEffect(() => {
    if (!wish) return
    map.flyTo(wish.place, CLOSE_ZOOM)
    const key =
      wish.followId === null ? null : (store.patrols.get(wish.followId)?.key ?? store.vehicles.get(wish.followId)?.key)
    map.follow(key ?? null)
    if (wish.followId !== null && store.patrols.get(wish.followId)) void showReach(wish.followId)
  }, [map, wish])
  useEffect(() => followPicks(map), [map])
  useSceneOnMap(map)
  useMapOverlay(map)
  return null
}

function agedDot(dot: DotNow): DotNow {
  return { ...dot, ageS: Math.max(0, (clock.nowMs() - dot.takenAtMs) / 1000) }
}

/** A click on a patrol chooses it for the order; on a camera, shows it large. */
function followPicks(map: CityMap): () => void {
  return map.on('pick', (picked) => {
    // The click is for a road.
    if (isTyping() || closing.get() !== 'off') return
    if (picked.kind === 'patrol') {
      choice.set(picked.id)
      void showReach(picked.id)
      map.follow(picked.key)
    } else if (picked.kind === 'camera') mainCameraId.set(picked.id)
    else if (picked.kind === 'taxi') {
      map.follow(picked.key)
      showTrail(picked.id)
    }
  })
}

/** Draws the scene; moves the view only when another scene is chosen, and not while the officer holds the map. */
function useSceneOnMap(map: CityMap): void {
  const scene = useMapScene()
  const chosen = useObservable(selection)
  const fitted = useRef<string | null>(null)
  const isHeld = useRef(false)
  useEffect(
    () =>
      map.on('gesture', () => {
        isHeld.current = true
      }),
    [map],
  )
  useEffect(() => map.showScene(scene), [map, scene])
  const id = chosen.alarmId ?? chosen.incidentId
  const hasWay = (scene?.candidates.length ?? 0) > 0
  useEffect(() => {
    if (!id) {
      fitted.current = null
      return
    }
    // Once when the scene is known, once more when the way of the car is: both are the same flight to the eye.
    const stage = `${id}:${hasWay}`
    if (!scene || fitted.current === stage) return
    const isNew = fitted.current?.startsWith(`${id}:`) !== true
    if (isNew) isHeld.current = false
    fitted.current = stage
    if (!isHeld.current) map.fitScene()
  }, [map, id, hasWay, scene])
}

function MapTools({ map }: { map: CityMap }) {
  const t = useText()
  const [mode, setMode] = useState<MapMode>('2d')
  const [off, setOff] = useState<ReadonlySet<MapSwitch>>(OFF_AT_FIRST)
  const chosen = useObservable(selection)
  useEffect(() => {
    for (const name of SWITCHED) map.setLayerVisible(name, !off.has(name))
    coverageShown.set(!off.has('coverage'))
  }, [map, off])
  return (
    <div className="map-tools">
      <div role="radiogroup" aria-label={t.map.label} className="segmented">
        {MODES.map((name) => (
          <button
            key={name}
            type="button"
            role="radio"
            aria-checked={mode === name}
            onClick={() => {
              setMode(name)
              map.setMode(name)
            }}
          >
            {t.map.mode[name]}
          </button>
        ))}
      </div>
      <details className="map-layers">
        <summary>{t.map.layers}</summary>
        <ul>
          {SWITCHED.map((name) => (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={!off.has(name)}
                  onChange={(event) => {
                    const next = new Set(off)
                    if (event.target.checked) next.delete(name)
                    else next.add(name)
                    setOff(next)
                  }}
                />{' '}
                {t.map.layer[name]}
              </label>
            </li>
          ))}
        </ul>
      </details>
      <CloseRoadButton />
      {(chosen.alarmId ?? chosen.incidentId) && (
        <button type="button" onClick={() => map.fitScene()}>
          {t.map.scene}
        </button>
      )}
      <button
        type="button"
        onClick={() => {
          map.follow(null)
          map.fitCity()
        }}
      >
        {t.map.whole}
      </button>
    </div>
  )
}
