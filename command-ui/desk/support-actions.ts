import { api } from '../data/api.ts'
import { faultOfAnswer } from '../data/api-fault.ts'
import { store } from '../data/centre.ts'
import { refreshRecommendation } from '../data/incident-details.ts'
import { text } from '../i18n/language.ts'
import { attempt, say } from './actions.ts'
import { faultSentence } from './fault-sentence.ts'
import { current } from './selection.ts'

/** As the domain's; written out because the schemas beside it would come into the first load. */
const ALARM_LEVEL_MAX = 3
/** Why one of several was refused is told in an answer that is itself a success. */
const CONFLICT = 409

/** The second act: everybody that the run card asks for besides the first one, in one request. */
export function sendSupport(incidentId: string, patrolIds: readonly string[]): Promise<boolean> {
  const [first, ...rest] = patrolIds
  if (first === undefined) return Promise.resolve(false)
  return attempt({ what: 'dispatch', alarmId: null, incidentId, thenDispatch: false }, async () => {
    try {
      const { others = [] } = await api.dispatchSupport(incidentId, first, rest)
      const failed = others.filter(({ problem }) => problem !== null)
      const callsigns = patrolIds
        .filter((id) => !failed.some(({ patrolId }) => patrolId === id))
        .map((id) => store.patrols.get(id)?.callsign ?? id)
      say(text().action.dispatched(callsigns.join('、')))
      for (const { patrolId, problem } of failed) {
        const name = store.patrols.get(patrolId)?.callsign ?? patrolId
        const fault = faultOfAnswer(CONFLICT, problem)
        say(`${name}：${faultSentence(fault)}`, true)
      }
    } finally {
      refreshRecommendation()
    }
  })
}

/** Takes a patrol from the less urgent incident that it is on its way to. */
export function divertPatrol(incidentId: string, patrolId: string, callsign: string): Promise<boolean> {
  return attempt({ what: 'dispatch', alarmId: null, incidentId, thenDispatch: false }, async () => {
    try {
      await api.divert(incidentId, patrolId)
      say(text().action.dispatched(callsign))
    } finally {
      refreshRecommendation()
    }
  })
}

/** Asks for the next level of the run card: the recommendation then names the further support. */
export function raiseLevel(): Promise<boolean> {
  const { incident } = current()
  if (!incident || incident.state === 'closed' || incident.state === 'merged') return Promise.resolve(false)
  const level = (incident.alarmLevel ?? 1) + 1
  if (level > ALARM_LEVEL_MAX) {
    say(text().plan.levelMost(ALARM_LEVEL_MAX), true)
    return Promise.resolve(false)
  }
  return attempt({ what: 'raise-level', alarmId: null, incidentId: incident.id, thenDispatch: false }, async () => {
    try {
      const { alarmLevel = level } = await api.raiseAlarmLevel(incident.id, level)
      say(text().plan.levelIs(alarmLevel))
    } finally {
      refreshRecommendation()
    }
  })
}
