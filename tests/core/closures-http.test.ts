import { expect, test } from 'vitest'
import { roadClosureSchema, type RoadClosure } from '../../domain/road-closure.ts'
import { moveUpsSchema } from '../../domain/recommendation.ts'
import { startCentre } from './centre.ts'

test('an officer closes the roads around a place, sees them, opens them again; and asks who should move', async () => {
  const centre = await startCentre()
  try {
    const { graph } = centre.city
    const write = { lng: graph.shapeLng[0]!, lat: graph.shapeLat[0]!, radiusM: 80, reason: '积水' }
    const added = await centre.api<RoadClosure>('POST', '/roads/closures', write)
    expect(added.status).toBe(201)
    roadClosureSchema.parse(added.body)
    const closed = added.body.edgeIds.map((id) => graph.edgeIds.indexOf(id))
    expect(closed).toContain(0)
    for (const edge of closed) expect(graph.forwardS[edge]).toBe(Infinity)
    expect((await centre.api<RoadClosure[]>('GET', '/roads/closures')).body).toEqual([added.body])
    expect((await centre.api('POST', '/roads/closures', { reason: 'x' })).status).toBe(400)
    expect((await centre.api('DELETE', `/roads/closures/${added.body.id}`)).status).toBe(200)
    expect(graph.forwardS[0]).toBeLessThan(Infinity)
    moveUpsSchema.parse((await centre.api('GET', '/coverage/move-ups')).body)
  } finally {
    await centre.stop()
  }
})
