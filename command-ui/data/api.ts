import type { Alarm, Disposition } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type {
  Camera,
  CameraPatch,
  CameraWrite,
  DiscoveredCamera,
  PtzOrder,
  PtzState,
  PushAddress,
} from '../../domain/camera.ts'
import type { DeviceKind } from '../../domain/device.ts'
import type { Trail } from '../../domain/fix.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Me } from '../../domain/officer.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import type { Posting, PostingWrite } from '../../domain/posting.ts'
import type { ClosureWrite, RoadClosure } from '../../domain/road-closure.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import type { MoveUpsNow, Recommendation } from '../../domain/recommendation.ts'
import type { DutyLevelNow } from '../../domain/duty-level.ts'
import type { DutyLevel, Zone } from '../../domain/zone.ts'
import type { Drill } from '../../domain/drill.ts'
import type { Site } from '../../domain/site.ts'
import type { CentreSettings } from '../../domain/wire/centre-settings.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import type { Assigned, CallNote, IncidentDetail } from '../../domain/wire/http.ts'
import type { LogEvent, Snapshot } from '../../domain/wire/live.ts'
import type { CoverageReport, ReportBy, ResponseTimes } from '../../domain/wire/reports.ts'
import type { WallLayouts } from '../../domain/wall.ts'
import { toIso } from '../../domain/clock.ts'
import { ApiFault, faultOfAnswer } from './api-fault.ts'

/** A camera that does not answer is reported within 6 s by the server; anything slower than this is a dead centre. */
const ANSWER_WITHIN_MS = 15_000
/** A spreadsheet of thousands of rows, and a name server that is asked for each address. */
const FILE_WITHIN_MS = 60_000

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** One request below `/api/v1`. Throws `ApiFault` and nothing else. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const answer = await ask(method, path, body)
  const text = await answer.text().catch(() => '')
  const parsed = parsedJson(text)
  if (!answer.ok) throw faultOfAnswer(answer.status, parsed)
  return parsed as T
}

/** The same for a file. */
export async function callFile(path: string): Promise<Blob> {
  const answer = await ask('GET', path)
  if (!answer.ok) throw faultOfAnswer(answer.status, parsedJson(await answer.text().catch(() => '')))
  try {
    return await answer.blob()
  } catch (error) {
    throw new ApiFault('unreachable', answer.status, 'the file ended in the middle', {}, error)
  }
}

async function ask(method: Method, path: string, body?: unknown): Promise<Response> {
  // A file goes as it is, under its own type.
  const isFile = body instanceof Blob
  try {
    return await fetch(`/api/v1/${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': isFile ? body.type : 'application/json' },
      body: body === undefined ? null : isFile ? body : JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(isFile ? FILE_WITHIN_MS : ANSWER_WITHIN_MS),
    })
  } catch (error) {
    throw new ApiFault('unreachable', 0, 'the centre does not answer', {}, error)
  }
}

function parsedJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: a proxy's page; the status decides
  }
}

const at = encodeURIComponent
const spanText = (fromMs: number, toMs: number) => `from=${toIso(fromMs)}&to=${toIso(toMs)}`
const reportPath = (by: ReportBy | 'coverage', fromMs: number, toMs: number) =>
  by === 'coverage'
    ? `reports/coverage?${spanText(fromMs, toMs)}`
    : `reports/response-times?by=${by}&${spanText(fromMs, toMs)}`

/** The routes of `/api/v1` that a desk uses. */
export const api = {
  me: () => call<Me>('GET', 'me'),
  signIn: (username: string, password: string) => call<{ me: Me }>('POST', 'session', { username, password }),
  signInByLink: (link: string) => call<{ me: Me }>('POST', 'session', { link }),
  signOut: () => call<void>('DELETE', 'session'),
  setPassword: (password: string, current?: string) => call<Me>('POST', 'me/password', { password, current }),
  layouts: () => call<WallLayouts>('GET', 'me/layouts'),
  storeLayouts: (layouts: WallLayouts) => call<WallLayouts>('PUT', 'me/layouts', layouts),
  snapshot: () => call<Snapshot>('GET', 'snapshot'),
  centreSettings: () => call<CentreSettings>('GET', 'centre-settings'),

  acknowledge: (alarmId: string) => call<Alarm>('POST', `alarms/${at(alarmId)}/acknowledge`, {}),
  takeOver: (alarmId: string, reason: string) => call<Alarm>('POST', `alarms/${at(alarmId)}/take-over`, { reason }),
  shelve: (alarmId: string, minutes: number, reason: string) =>
    call<Alarm>('POST', `alarms/${at(alarmId)}/shelve`, { minutes, reason }),
  unshelve: (alarmId: string) => call<Alarm>('POST', `alarms/${at(alarmId)}/unshelve`, {}),
  classify: (alarmId: string, disposition: Disposition, note?: string) =>
    call<Alarm>('POST', `alarms/${at(alarmId)}/classify`, { disposition, note }),

  alarmRecommendation: (alarmId: string) => call<Recommendation>('GET', `alarms/${at(alarmId)}/recommendation`),
  radioOrder: (alarmId: string, patrolId: string) =>
    call<Alarm>('POST', `alarms/${at(alarmId)}/radio-order`, { patrolId }),

  incident: (id: string) => call<IncidentDetail>('GET', `incidents/${at(id)}`),
  recordings: (id: string) => call<IncidentRecordings>('GET', `incidents/${at(id)}/recordings`),
  lockRecording: (id: string, reason: string) =>
    call<IncidentRecordings>('POST', `incidents/${at(id)}/lock-recording`, { reason }),
  recommendation: (id: string) => call<Recommendation>('GET', `incidents/${at(id)}/recommendation`),
  dispatch: (incidentId: string, patrolId: string, reason?: string) =>
    call<Assignment>('POST', `incidents/${at(incidentId)}/assignments`, { patrolId, reason }),
  dispatchSupport: (incidentId: string, patrolId: string, patrolIds: readonly string[]) =>
    call<Assigned>('POST', `incidents/${at(incidentId)}/assignments`, { patrolId, patrolIds }),
  divert: (incidentId: string, patrolId: string) =>
    call<Assigned>('POST', `incidents/${at(incidentId)}/assignments`, { patrolId, divert: true }),
  changeDutyLevel: (level: DutyLevel, reason: string, expected: DutyLevel) =>
    call<DutyLevelNow>('PUT', 'duty-level', { level, reason, expected }),
  /** A line for the timeline. */
  writeNote: (id: string, note: { text: string; call?: CallNote }) =>
    call<LogEvent>('POST', `incidents/${at(id)}/notes`, note),
  closeIncident: (id: string, disposition: Disposition, note?: string) =>
    call<Incident>('POST', `incidents/${at(id)}/close`, { disposition, note }),
  stepAssignment: (id: string, step: 'on-scene' | 'clear' | 'cancel', reason?: string) =>
    call<Assignment>('POST', `assignments/${at(id)}/${step}`, { reason }),

  messageCrew: (assignmentId: string, text: string) =>
    call<LogEvent>('POST', `assignments/${at(assignmentId)}/messages`, { text }),

  patrolCircle: (patrolId: string) => call<CircleFeatures>('GET', `patrols/${at(patrolId)}/circle`),
  moveUps: () => call<MoveUpsNow>('GET', 'coverage/move-ups'),
  post: (patrolId: string, write: PostingWrite) => call<Posting>('POST', `patrols/${at(patrolId)}/posting`, write),
  releasePost: (patrolId: string) => call<Posting>('DELETE', `patrols/${at(patrolId)}/posting`),
  closures: () => call<RoadClosure[]>('GET', 'roads/closures'),
  closeRoad: (closure: ClosureWrite) => call<RoadClosure>('POST', 'roads/closures', closure),
  openRoad: (id: string) => call<RoadClosure>('DELETE', `roads/closures/${at(id)}`),
  raiseAlarmLevel: (incidentId: string, level: number) =>
    call<Incident>('POST', `incidents/${at(incidentId)}/alarm-level`, { level }),

  trail: (vehicleId: string, from: string, to: string) =>
    call<Trail>('GET', `vehicles/${at(vehicleId)}/trail?from=${at(from)}&to=${at(to)}`),

  responseTimes: (by: ReportBy, fromMs: number, toMs: number) =>
    call<ResponseTimes>('GET', reportPath(by, fromMs, toMs)),
  coverageReport: (fromMs: number, toMs: number) => call<CoverageReport>('GET', reportPath('coverage', fromMs, toMs)),
  reportCsv: (by: ReportBy | 'coverage', fromMs: number, toMs: number) =>
    callFile(`${reportPath(by, fromMs, toMs)}&format=csv`),

  /** @param isForced it is stored although it does not answer now */
  addCamera: (camera: CameraWrite, isForced = false) => call<Camera>('POST', `cameras?force=${isForced}`, camera),
  changeCamera: (id: string, patch: CameraPatch, isForced = false) =>
    call<Camera>('PATCH', `cameras/${at(id)}?force=${isForced}`, patch),
  issuePublishKey: (id: string) => call<PushAddress>('POST', `cameras/${at(id)}/publish-key`),
  turnCamera: (id: string, order: PtzOrder) => call<void>('POST', `cameras/${at(id)}/ptz`, order),
  ptzState: (id: string) => call<PtzState>('GET', `cameras/${at(id)}/ptz`),
  presets: (id: string) =>
    call<{ items: { token: string; name: string | null }[] }>('GET', `cameras/${at(id)}/presets`),
  removeCamera: (id: string) => call<void>('DELETE', `cameras/${at(id)}`),
  discoverCameras: async () => {
    const answer = await call<DiscoveredCamera[] | { items: DiscoveredCamera[] }>('POST', 'cameras/discover', {})
    return Array.isArray(answer) ? answer : answer.items
  },

  changeSite: (id: string, patch: Partial<Omit<Site, 'id'>>) => call<Site>('PATCH', `sites/${at(id)}`, patch),
  changeZone: (id: string, patch: Partial<Omit<Zone, 'id'>>) => call<Zone>('PATCH', `zones/${at(id)}`, patch),
  audit: (query: AuditQuery & { limit: number; cursor?: string }) =>
    call<{ items: AuditRow[]; next: string | null }>('GET', `audit?${wordsOf(query)}`),
  drills: (siteId: string) => call<{ items: Drill[] }>('GET', `sites/${at(siteId)}/drills`),
  planDrill: (siteId: string, plan: Pick<Drill, 'from' | 'to' | 'why'>) =>
    call<Drill>('POST', `sites/${at(siteId)}/drills`, plan),
  cancelDrill: (siteId: string, drillId: string) =>
    call<Drill>('POST', `sites/${at(siteId)}/drills/${at(drillId)}/cancel`, {}),
  closedIncidents: (limit: number) => call<{ items: Incident[] }>('GET', `incidents?open=false&limit=${limit}`),

  issueCredential: (deviceId: string) =>
    call<{ username: string; password: string; kind?: DeviceKind }>('POST', `devices/${at(deviceId)}/credential`, {}),
}

/** What of the audit is asked for; empty words ask for all. */
export interface AuditQuery {
  actor?: string
  action?: string
  objectId?: string
}

function wordsOf(query: object): URLSearchParams {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}
