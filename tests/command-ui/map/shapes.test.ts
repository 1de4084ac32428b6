import type * as GeoJSON from 'geojson'
import { describe, expect, test } from 'vitest'
import { boundsOf, pointAlong } from '../../../command-ui/map/along.ts'
import { drawnLayer } from '../../../command-ui/map/city-layers.ts'
import { nextFrameMs } from '../../../command-ui/map/pace.ts'
import { cameraLook, GROUND, minutesText, PATROL_LOOK, PRIORITY_INK, rgbOf } from '../../../command-ui/map/palette.ts'
import { lngLatOf, planeAt, planeToClip, toScreen, xOf, yOf } from '../../../command-ui/map/plane.ts'
import {
  circleFeatures,
  coverageLabels,
  etaText,
  routeFeatures,
  withCoverage,
} from '../../../command-ui/map/scene-shapes.ts'
import { goalsOf, overlayFeatures, reachFeatures } from '../../../command-ui/map/overlay-shapes.ts'
import { NearestPick } from '../../../command-ui/map/nearest.ts'
import { PATROL_STATUSES } from './statuses.ts'
import type { Candidate } from '../../../domain/recommendation.ts'
import { seeded } from '../../support/seeded.ts'

const luminance = (hex: string) => {
  const [r, g, b] = rgbOf(hex).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe('colours and shapes', () => {
  test('every patrol state stands out from the ground by 3:1 at least', () => {
    for (const status of PATROL_STATUSES)
      expect(contrast(PATROL_LOOK[status].colour, GROUND), status).toBeGreaterThan(3)
  })

  test('states that mean different things have different shapes, whatever their colour', () => {
    const groups = [['free'], ['ordered', 'accepted', 'en-route'], ['on-scene'], ['off'], ['out-of-service']] as const
    const shapes = groups.map((group) => new Set(group.map((status) => PATROL_LOOK[status].shape)))
    for (const shape of shapes) expect(shape.size).toBe(1)
    expect(new Set(shapes.map((shape) => [...shape][0])).size).toBe(groups.length)
  })

  test('red belongs to priority 1 alone', () => {
    const reds = [
      ...PATROL_STATUSES.map((status) => PATROL_LOOK[status].colour),
      ...(['online', 'offline', 'login-refused'] as const).map((state) => cameraLook(state, true).colour),
      PRIORITY_INK[2],
      PRIORITY_INK[3],
      PRIORITY_INK[4],
    ].filter((hex) => {
      const [r, g, b] = rgbOf(hex)
      return r > 0.7 && g < 0.45 && b < 0.45
    })
    expect(reds).toEqual([])
  })

  test('seconds are written as officers say them', () => {
    expect([45, 60, 180, 130, 480, 59.6, 3605].map(minutesText)).toEqual([
      '45″',
      '1′',
      '3′',
      '2′10″',
      '8′',
      '1′',
      '60′05″',
    ])
  })
})

describe('the plane', () => {
  const plane = planeAt(121.02, 28.42)

  test('a place goes there and back within a millimetre', () => {
    const random = seeded(5)
    for (let i = 0; i < 200; i++) {
      const lng = 121.02 + (random() - 0.5) * 0.4
      const lat = 28.42 + (random() - 0.5) * 0.4
      const [lng2, lat2] = lngLatOf(plane, xOf(plane, lng), yOf(plane, lat))
      expect(Math.abs(lng2 - lng) * 98_000).toBeLessThan(0.001)
      expect(Math.abs(lat2 - lat) * 111_000).toBeLessThan(0.001)
    }
  })

  test('near the centre its metres are metres', () => {
    expect(yOf(plane, 28.43)).toBeGreaterThan(1100)
    expect(yOf(plane, 28.43)).toBeLessThan(1120)
    expect(xOf(plane, 121.03)).toBeGreaterThan(970)
    expect(xOf(plane, 121.03)).toBeLessThan(985)
  })

  test('its matrix puts a point where the Mercator matrix puts it', () => {
    const random = seeded(9)
    const mercator = Float64Array.from({ length: 16 }, () => random() * 4 - 2)
    mercator[15] = 9
    const matrix = new Float64Array(16)
    planeToClip(plane, mercator, matrix)
    const mx = (180 + 121.05) / 360
    const my = 0.5 - Math.log(Math.tan(Math.PI / 4 + (28.4 * Math.PI) / 360)) / (2 * Math.PI)
    const w = mercator[3]! * mx + mercator[7]! * my + mercator[15]!
    const sx = (((mercator[0]! * mx + mercator[4]! * my + mercator[12]!) / w) * 0.5 + 0.5) * 800
    const out = new Float64Array(2)
    expect(toScreen(matrix, xOf(plane, 121.05), yOf(plane, 28.4), 0, 800, 600, out)).toBe(w > 0)
    expect(out[0]).toBeCloseTo(sx, 3)
  })
})

describe('painting', () => {
  const still = { isHidden: false, isMoving: false, hasDots: false, frameCostMs: 5 }
  test('stops when nothing moves and when nobody looks', () => {
    expect(nextFrameMs(still)).toBeNull()
    expect(nextFrameMs({ ...still, isMoving: true, isHidden: true })).toBeNull()
  })
  test('is at most 30 a second, and takes at most a third of a slow machine', () => {
    expect(nextFrameMs({ ...still, isMoving: true })).toBeCloseTo(33.3, 0)
    expect(nextFrameMs({ ...still, isMoving: true, frameCostMs: 200 })).toBe(600)
    expect(nextFrameMs({ ...still, isMoving: true, frameCostMs: 5000 })).toBe(3000)
  })
  test('comes back now and then so that old fixes are seen to fade', () => {
    expect(nextFrameMs({ ...still, hasDots: true })).toBe(5000)
  })
})

describe('the scene', () => {
  const candidate = (patrolId: string, etaS: number | null, isInside: boolean | null): Candidate => ({
    patrolId,
    callsign: `巡${patrolId}`,
    status: 'free',
    etaS,
    etaSpreadS: 0,
    distanceM: 100,
    insideGoal: isInside,
    fixAgeS: 1,
    canBeSent: true,
    reasons: [],
    route:
      etaS === null
        ? null
        : [
            [0, 0],
            [0, 1],
            [1, 1],
          ],
  })

  test('the smallest circle lies on top and every circle says its minutes', () => {
    const shapes = circleFeatures([
      { goalS: 480, coordinates: [] },
      { goalS: 60, coordinates: [] },
      { goalS: 300, coordinates: [] },
    ])
    expect(shapes.features.map((f) => f.properties?.['minutes'])).toEqual(['8′', '5′', '1′'])
    expect(shapes.features.map((f) => f.properties?.['rank'])).toEqual([2, 1, 0])
  })

  test('a way is drawn for each candidate that has one, and its time says whether the promise holds', () => {
    const candidates = [candidate('07', 130, true), candidate('09', 200, false), candidate('11', null, null)]
    expect(routeFeatures(candidates, '07').features.map((f) => f.properties?.['chosen'])).toEqual([true, false])
    expect(candidates.map(etaText)).toEqual(['2′10″ ✓', '3′20″ ✕', null])
  })

  test('a label stands on the line', () => {
    expect(
      pointAlong(
        [
          [0, 0],
          [0, 2],
          [0, 4],
        ],
        0.75,
      ),
    ).toEqual([0, 3])
    expect(pointAlong([[5, 5]], 0.5)).toEqual([5, 5])
    expect(pointAlong([], 0.5)).toBeNull()
  })

  test('bounds hold all points', () => {
    expect(
      boundsOf([
        [1, 2],
        [-3, 5],
        [0, 0],
      ]),
    ).toEqual([-3, 0, 1, 5])
    expect(boundsOf([])).toBeNull()
  })
})

describe('layers of a city', () => {
  const one = (properties: Record<string, unknown>): GeoJSON.FeatureCollection => ({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [0, 0] }, properties }],
  })

  test('a missing layer is an empty one', () => {
    expect(drawnLayer('rail', undefined).features).toEqual([])
  })

  test('road classes of OpenStreetMap and of other words get a rank; unknown ones are residential', () => {
    const rank = (kind: string) => drawnLayer('roads', one({ class: kind })).features[0]?.properties?.['r']
    expect(['motorway', 'motorway_link', 'primary', 'service', 'whatever'].map(rank)).toEqual([0, 1, 2, 6, 5])
  })

  test('a name without an English one is shown in both languages', () => {
    const layer = drawnLayer('places', one({ name: '东门' }))
    expect(layer.features[0]?.properties).toMatchObject({ n: '东门', e: '东门' })
  })
})

describe('coverage', () => {
  test('a zone is labelled with its share and the promise of the present duty level, not that of its file', () => {
    const ring = [[114, 22], [114.1, 22], [114.1, 22.1], [114, 22]] // prettier-ignore
    const drawn = drawnLayer('zones', {
      type: 'FeatureCollection',
      features: [
        { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { id: 'z', goalS: 180 } },
      ],
    }).features[0]!
    expect(withCoverage(drawn, null)).toBe(drawn)
    const zone = { zoneId: 'z', name: '', goalS: 90, share: 0.724, roadKm: 1, freePatrols: 1 }
    const now = withCoverage(drawn, { at: '2026-11-26T00:00:00Z', computedInMs: 1, zones: [zone] })
    expect(coverageLabels([now]).features.map(({ properties }) => properties)).toEqual([
      { text: '1′30″ 72%', share: 0.724 },
    ])
  })
})

describe('picking', () => {
  test('takes the nearest within 14 px and lets a patrol win over a taxi beside it', () => {
    const pick = new NearestPick(100, 100)
    pick.offer('taxi', 3, () => 't3', 102, 100)
    pick.offer('patrol', 1, () => 'p1', 105, 100)
    pick.offer('camera', 2, () => 'c2', 115, 100)
    expect(pick.best).toEqual({ kind: 'patrol', index: 1, id: 'p1' })
    const far = new NearestPick(0, 0)
    far.offer('site', 0, () => 's', 14.5, 0)
    expect(far.best).toBeNull()
  })
})

describe('what a commander lays over the city', () => {
  const nothing = { closures: [], moveUp: null, marked: null }

  test('a closed road carries its sign on the longest of its lines, a slow one its speed', () => {
    const closure = {
      id: 'c1',
      edgeIds: ['R1', 'R2'],
      roadNames: ['滨河路'],
      lines: [
        [
          [113.8, 22.4],
          [113.8005, 22.4],
        ],
        [
          [113.81, 22.4],
          [113.83, 22.4],
        ],
      ] as [number, number][][],
      kmh: null,
      reason: '积水',
      by: 'admin',
      at: '2026-11-25T08:00:00Z',
      until: null,
      endedAt: null,
      endedBy: null,
    }
    const [lines, sign] = overlayFeatures({ ...nothing, closures: [closure] }).features
    expect(lines?.geometry.type).toBe('MultiLineString')
    expect((sign!.geometry as GeoJSON.Point).coordinates[0]).toBeCloseTo(113.82, 6)
    expect(sign?.properties?.['text']).toBe('⊘')
    const slow = overlayFeatures({ ...nothing, closures: [{ ...closure, kmh: 20 }] }).features[1]
    expect(slow?.properties?.['text']).toBe('20')
  })

  test('a move is a bent arrow from the car to its post, its head turned the way it arrives', () => {
    const [from, to]: [[number, number], [number, number]] = [
      [113.8, 22.4],
      [113.84, 22.4],
    ]
    const { features } = overlayFeatures({ ...nothing, moveUp: { from, to, text: '巡07 恢复 4.0%' } })
    const line = (features[0]!.geometry as GeoJSON.LineString).coordinates
    expect(line[0]).toEqual(from)
    expect(line.at(-1)![0]).toBeCloseTo(to[0], 9)
    expect(line.at(-1)![1]).toBeCloseTo(to[1], 9)
    expect(line[12]![1]).toBeGreaterThan(22.4)
    const turn = Number(features[1]!.properties!['turn'])
    // It comes down from the north of a straight line: a little to the right of east.
    expect(turn).toBeGreaterThan(5)
    expect(turn).toBeLessThan(60)
  })

  test('the smallest goal of a patrol has the lightest ink', () => {
    const area = (goalS: number) => ({
      type: 'Feature' as const,
      properties: { kind: 'area' as const, goalS },
      geometry: { type: 'MultiPolygon' as const, coordinates: [] },
    })
    const circle = { type: 'FeatureCollection' as const, features: [area(480), area(180), area(60)], isCut: false }
    expect(goalsOf(circle)).toEqual([60, 180, 480])
    const inks = reachFeatures(circle).features.map(({ properties }) => luminance(String(properties!['ink'])))
    expect(inks).toEqual(inks.toSorted((a, b) => a - b))
    expect(reachFeatures(null).features).toEqual([])
  })
})
