import { openIncident, panelIdOf } from '../data/incident-details.ts'
import { useObservable } from '../data/use-store.ts'
import { goalMinutes, minutesSeconds } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { acknowledge, chosenCandidate, dispatchChosen, pending } from './actions.ts'
import { menu } from './menus.ts'
import { RadioHint, RadioOrders, useIsByRadio } from './radio-order.tsx'
import { choice, useCurrent } from './selection.ts'

/** The one button that Enter presses: acknowledge, then dispatch, then a sentence of what is under way. */
export function PrimaryAction() {
  const t = useText()
  const { stage, alarm, incidentId, assignments } = useCurrent()
  const waiting = useObservable(pending)
  const open = useObservable(openIncident)
  const chosen = useObservable(choice)
  const isByRadio = useIsByRadio(alarm)
  const isOurs = waiting !== null && waiting.incidentId === incidentId
  if (stage === 'acknowledge') {
    const isBusy = isOurs && waiting.what === 'acknowledge'
    return (
      <button type="button" className="alarm huge" data-action="acknowledge" onClick={() => void acknowledge()}>
        {isBusy ? t.action.acknowledging : t.action.acknowledge} <Key>Enter ↵</Key>
      </button>
    )
  }
  if (stage === 'dispatch') {
    const panelId = panelIdOf(incidentId, alarm?.id ?? null)
    const recommendation = panelId !== null && open?.id === panelId ? open.recommendation : null
    const candidate = chosenCandidate(recommendation, chosen)
    const isBusy = isOurs && (waiting.what === 'dispatch' || waiting.what === 'wait-for-recommendation')
    if (!candidate) {
      const words = isBusy ? t.action.dispatchWhenReady : recommendation ? t.action.noPatrol : t.recommend.loading
      return <p className="primary-words">{words}</p>
    }
    const words = isByRadio ? t.radio.order(candidate.callsign) : t.action.dispatch(candidate.callsign)
    const button = (
      <button
        type="button"
        className="primary huge"
        data-action={isByRadio ? 'radio-order' : 'dispatch'}
        onClick={() => void dispatchChosen()}
      >
        <span>{isBusy ? t.action.dispatching : words}</span>
        <span className="primary-facts num">
          {candidate.etaS !== null && minutesSeconds(candidate.etaS)}{' '}
          {candidate.insideGoal !== null &&
            recommendation?.goalS &&
            (candidate.insideGoal
              ? `✓ ${t.recommend.inside(t.unit.minutes(goalMinutes(recommendation.goalS)))}`
              : `✗ ${t.recommend.outside(t.unit.minutes(goalMinutes(recommendation.goalS)))}`)}
        </span>
        <Key>Enter ↵</Key>
      </button>
    )
    if (!isByRadio) return button
    return (
      <>
        <RadioHint callsign={candidate.callsign} />
        {button}
      </>
    )
  }
  if (stage === 'underway' && alarm?.provisional && alarm.radioOrders?.length) return <RadioOrders alarm={alarm} />
  if (stage === 'finish') {
    return (
      <button type="button" className="primary huge" data-action="finish" onClick={() => menu.set('close')}>
        ✓ {t.action.finish} <Key>Enter ↵</Key>
      </button>
    )
  }
  if (stage === 'others') return <p className="primary-words">▲ {t.action.ownedByOther(alarm?.owner ?? '')}</p>
  if (stage === 'underway') {
    const state = assignments[0]?.state
    return (
      <p className="primary-words">
        ● {t.action.done}
        {state ? ` · ${t.assignmentState[state]}` : ''}
      </p>
    )
  }
  return null
}
