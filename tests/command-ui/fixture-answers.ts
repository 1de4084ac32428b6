import { systemClock, toIso } from '../../domain/clock.ts'
import type { WallLayouts } from '../../domain/wall.ts'
import { FixtureCentre } from './fixture-centre.ts'
import { ME } from './fixture-district.ts'

/** What the made-up centre answers; undefined: no such thing. */
export function answerOf(centre: FixtureCentre, path: string, method: string, body: Record<string, string>): unknown {
  const [head = '', id = '', verb = ''] = path.split('/')
  const at = toIso(systemClock.nowMs())
  if (path === 'me') return ME
  if (path === 'me/layouts') {
    if (method === 'PUT')
      centre.layouts = { ...(body as unknown as WallLayouts), revision: centre.layouts.revision + 1 }
    return centre.layouts
  }
  if (head === 'cameras' && verb === 'ptz') {
    if (method === 'POST') centre.turned.push({ id, order: body })
    return { steering: null }
  }
  if (path === 'snapshot') return centre.snapshot()
  if (head === 'alarms' && verb === 'acknowledge') {
    const ahead = centre.acknowledgeAhead(id)
    if (ahead) return ahead
    return centre.changeAlarm(
      id,
      'acknowledged',
      { state: 'acknowledged', owner: 'admin', acknowledgedAt: at },
      'admin',
    )
  }
  if (head === 'alarms' && verb === 'take-over')
    return centre.changeAlarm(id, 'taken-over', { owner: 'admin' }, 'admin')
  if (head === 'alarms' && verb === 'classify') {
    const disposition = body['disposition'] as 'real'
    return centre.changeAlarm(id, 'classified', { state: 'classified', classifiedAt: at, disposition }, 'admin')
  }
  if (head === 'alarms' && verb === 'recommendation') return centre.recommendation(centre.incidentIdOf(id))
  if (head === 'alarms' && verb === 'radio-order') return centre.radioOrder(id, body['patrolId'] ?? '')
  if (path === 'incidents') return { items: [...centre.incidents.values()].filter(({ state }) => state === 'closed') }
  if (head === 'incidents' && verb === '') return centre.detail(id) ?? undefined
  if (head === 'incidents' && verb === 'recommendation') return centre.recommendation(id)
  if (head === 'incidents' && verb === 'assignments') {
    const assignment = centre.dispatch(id, body['patrolId'] ?? '')
    const more = (body['patrolIds'] as unknown as string[] | undefined) ?? []
    const others = more.map((patrolId) => ({ patrolId, assignment: centre.dispatch(id, patrolId), problem: null }))
    return { ...assignment, others }
  }
  if (head === 'incidents' && verb === 'alarm-level') {
    return centre.changeIncident(id, 'level-changed', { alarmLevel: Number(body['level']) }, 'admin')
  }
  if (path === 'duty-level' && method === 'PUT') {
    const duty = { level: body['level'], at, by: 'admin', reason: body['reason'] }
    centre.put('duty', 'level-changed', { id: 'duty-level', ...duty }, null, 'admin')
    return duty
  }
  if (head === 'incidents' && verb === 'notes') {
    centre.put('note', body['call'] ? 'phoned' : 'written', { ...body, id }, id, 'admin')
    return {}
  }
  if (head === 'incidents' && verb === 'close') {
    const disposition = body['disposition'] as 'real'
    for (const alarmId of centre.incidents.get(id)?.alarmIds ?? []) {
      centre.changeAlarm(alarmId, 'closed', { state: 'closed', closedAt: at, disposition }, 'admin')
    }
    return centre.changeIncident(id, 'closed', { state: 'closed', closedAt: at, disposition }, 'admin')
  }
  if (head === 'assignments' && verb === 'cancel') {
    return centre.changeAssignment(id, 'cancelled', { state: 'cancelled', endedAt: at, endedReason: 'undo' }, 'admin')
  }
  if (path === 'cameras/discover') {
    return [
      {
        address: 'http://10.20.3.71/onvif/device_service',
        host: '10.20.3.71',
        port: 80,
        path: '/onvif/device_service',
        name: 'DS-2CD2047',
        hardware: 'DS-2CD2047',
        knownAs: null,
      },
      {
        address: 'http://10.20.3.11/onvif/device_service',
        host: '10.20.3.11',
        port: 80,
        path: '/onvif/device_service',
        name: 'IPC-HFW',
        hardware: null,
        knownAs: 'cam-2',
      },
    ]
  }
  if (path === 'cameras' && method === 'POST') {
    const camera = { ...centre.cameras.get('cam-1')!, id: 'cam-new', name: body['name'] ?? '' }
    centre.put('camera', 'added', camera, null, 'admin')
    return camera
  }
  if (head === 'cameras' && method === 'PATCH') {
    centre.changes.push({ id, body })
    const { source: _source, ...facts } = body
    const camera = { ...centre.cameras.get(id)!, ...facts }
    centre.put('camera', 'changed', camera, null, 'admin')
    return camera
  }
  if (head === 'devices' && verb === 'credential') return { username: id, password: 'K7QF-2M9X-PL4T-8ZRW' }
  if (path === 'me/password') return ME
  return undefined
}

/** Fetched only when it is asked for: the bench brings its own, and the browser's sources are not compiled for Node. */
export async function layerOf({ district }: FixtureCentre, name: string): Promise<unknown> {
  if (district.layer) return district.layer(name)
  const { harnessCity } = await import('../../command-ui/map/harness-city.ts')
  return harnessCity().layers[name as 'roads']
}
