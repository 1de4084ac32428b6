import { systemClock, toIso } from '../../domain/clock.ts'
import type { Drill } from '../../domain/drill.ts'
import type { Trail } from '../../domain/fix.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import type { FixtureCentre } from './fixture-centre.ts'
import { CENTRE, SITES, ZONES } from './fixture-district.ts'

/** What the made-up centre answers about its registers and about what is over; undefined: not one of these. */
export function registerAnswerOf(
  centre: FixtureCentre,
  path: string,
  method: string,
  body: Record<string, unknown>,
): unknown {
  const [head = '', id = '', verb = '', drillId = '', last = ''] = path.split('/')
  const at = toIso(systemClock.nowMs())
  if (path === 'incidents' && method === 'GET') {
    return { items: [...centre.incidents.values()].filter(({ state }) => state === 'closed'), next: null }
  }
  if (head === 'vehicles' && verb === 'trail') return trailOf(id)
  if (head === 'incidents' && verb === 'recordings') return recordingsOf(centre, id)
  if (head === 'sites' && verb === 'drills') {
    if (method === 'GET') return { items: centre.drills.filter(({ siteId }) => siteId === id) }
    if (last === 'cancel') {
      centre.drills = centre.drills.map((one) => (one.id === drillId ? { ...one, cancelledAt: at } : one))
      return centre.drills.find((one) => one.id === drillId)
    }
    const drill = { id: `drill-${centre.drills.length + 1}`, siteId: id, by: 'admin', plannedAt: at, cancelledAt: null }
    centre.drills = [{ ...drill, ...(body as Pick<Drill, 'from' | 'to' | 'why'>) }, ...centre.drills]
    return centre.drills[0]
  }
  if (head === 'audit') {
    const row = { actor: 'admin', sessionId: 's1', objectKind: 'camera', objectId: 'cam-1', outcome: 'begun' }
    const items = [
      { ...row, n: 2, at, action: 'camera.watch', reason: null, facts: { how: 'live' } },
      { ...row, n: 1, at, action: 'camera.write', outcome: 'done', reason: '换镜头', facts: { verb: 'changed' } },
    ]
    return { items, next: null }
  }
  if (method === 'PATCH' && (head === 'sites' || head === 'zones')) {
    const before = (head === 'sites' ? SITES : ZONES).find((one) => one.id === id)
    if (!before) return undefined
    const after = { ...before, ...body }
    centre.changes.push({ id, body })
    centre.put(head === 'sites' ? 'site' : 'zone', 'changed', after, null, 'admin')
    return after
  }
  return undefined
}

/** One camera that has recorded half a minute before the press and then went away. */
function recordingsOf(centre: FixtureCentre, incidentId: string): IncidentRecordings | undefined {
  const incident = centre.incidents.get(incidentId)
  if (!incident) return undefined
  const pressMs = Date.parse(incident.openedAt)
  const [fromAt, middleAt, untilAt] = [-20_000, 5_000, 60_000].map((ms) => toIso(pressMs + ms)) as [
    string,
    string,
    string,
  ]
  const gap = { fromAt: middleAt, toAt: untilAt, reason: 'no-picture' as const, detail: null }
  const camera = { cameraId: 'cam-1', fromAt, untilAt, isRunning: false, bytes: 1, playlist: null }
  return {
    incidentId,
    lock: null,
    needsReason: false,
    cameras: [{ ...camera, kept: [{ fromAt, toAt: middleAt }], gaps: [gap] }],
  }
}

/** It drove east through the last two minutes, one fix in five seconds. */
function trailOf(vehicleId: string): Trail {
  const nowMs = systemClock.nowMs()
  const points = Array.from({ length: 24 }, (_, i): Trail['points'][number] => {
    return [nowMs - 120_000 + i * 5_000, CENTRE[0] + i * 0.0005, CENTRE[1], 10, 90]
  })
  return { vehicleId, from: toIso(nowMs - 120_000), to: toIso(nowMs), points, truncated: false }
}
