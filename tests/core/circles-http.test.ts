import { expect, test } from 'vitest'
import { circleFeaturesSchema, type CircleFeatures } from '../../domain/wire/circles.ts'
import { coverageReportSchema, responseTimesSchema } from '../../domain/wire/reports.ts'
import { isInPolygon } from '../../domain/geo/polygon.ts'
import { startCentre } from './centre.ts'

test('a patrol’s own circle and a scene’s circles are GeoJSON with shapes and roads, the largest first', async () => {
  const centre = await startCentre()
  try {
    const { graph } = centre.city
    const { state } = centre.core
    const [patrol] = [...state.patrols.values()]
    const none = await centre.api('GET', `/patrols/${patrol!.id}/circle`)
    expect(none.status).toBe(404)
    const nowMs = Date.now()
    const [lng, lat] = [graph.shapeLng[500]!, graph.shapeLat[500]!]
    state.positions.take(patrol!.id, { at: new Date(nowMs).toISOString(), lng, lat, speedMps: 0 }, nowMs)
    const path = `/patrols/${patrol!.id}/circle?goals=60,180`
    const { status, body } = await centre.api<CircleFeatures>('GET', path)
    expect(status).toBe(200)
    const circles = circleFeaturesSchema.parse(body)
    expect(circles.features.map(({ properties: { kind, goalS } }) => `${kind} ${goalS}`)).toEqual([
      'area 180',
      'roads 180',
      'area 60',
      'roads 60',
    ])
    for (const feature of circles.features) {
      if (feature.geometry.type !== 'MultiPolygon') continue
      const around = feature.geometry.coordinates as [number, number][][][]
      expect(around.some((polygon) => isInPolygon(polygon, lng, lat))).toBe(true)
    }
    const bare = await centre.api<CircleFeatures>('GET', `${path}&roads=false`)
    expect(bare.body.features).toHaveLength(2)
    expect((await centre.api('GET', `/patrols/${patrol!.id}/circle?goals=5`)).status).toBe(400)
    expect((await centre.api('GET', '/incidents/none/circles')).status).toBe(404)

    expect((await centre.api('PUT', '/duty-level', { level: 'special', reason: '试一试' })).status).toBe(403)
    expect((await centre.api<{ level: string }>('GET', '/duty-level')).body.level).toBe('normal')
    responseTimesSchema.parse((await centre.api('GET', '/reports/response-times?by=hour')).body)
    coverageReportSchema.parse((await centre.api('GET', '/reports/coverage')).body)
    expect((await centre.api('GET', '/reports/response-times?by=colour')).status).toBe(400)
  } finally {
    await centre.stop()
  }
})
