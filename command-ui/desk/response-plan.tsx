import type { Recommendation } from '../../domain/recommendation.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { minutesSeconds } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { Key } from '../ui/marks.tsx'
import { pending } from './actions.ts'
import './response-plan.css'
import { divertPatrol, raiseLevel, sendSupport } from './support-actions.ts'

/** 1+N: how many the run card asks for, what is missing, and the second act that sends the support. */
export function ResponsePlan({ recommendation }: { recommendation: Recommendation }) {
  const t = useText()
  const isBusy = useObservable(pending) !== null
  const { plan, incidentId } = recommendation
  if (!plan) return null
  const names = plan.support.map((id) => store.patrols.get(id)?.callsign ?? id)
  // The outer row tells the same when there is nobody at all.
  const told = plan.shortfalls.filter(({ why }) => why !== 'no-candidates')
  return (
    <div className="response-plan" data-wanted={plan.wanted} data-sent={plan.sent}>
      <span>
        <strong className="num">{t.plan.card(plan.wanted - 1)}</strong>{' '}
        <span className="dim">
          {t.plan.level(plan.level)} · {t.plan.sent(plan.sent, plan.wanted)}
        </span>
      </span>
      <button type="button" data-action="raise-level" disabled={isBusy} onClick={() => void raiseLevel()}>
        {t.plan.more} <Key>+</Key>
      </button>
      {told.map(({ why, patrols }) => (
        <span key={why} className="word tone-warn" data-shortfall={why}>
          ▲ {t.plan.shortfall[why](patrols)}
        </span>
      ))}
      {plan.sent > 0 && names.length > 0 && (
        <button
          type="button"
          data-action="send-support"
          disabled={isBusy}
          onClick={() => void sendSupport(incidentId, plan.support)}
        >
          {t.plan.sendSupport(names.join('、'))}
        </button>
      )}
    </div>
  )
}

/** Nearer patrols that are on their way to something less urgent: what taking them brings, and what it costs. */
export function DivertOffers({ recommendation }: { recommendation: Recommendation }) {
  const t = useText()
  const isBusy = useObservable(pending) !== null
  const offers = recommendation.candidates.filter(({ divert }) => divert !== undefined)
  if (offers.length === 0) return null
  return (
    <ul className="divert-offers" aria-label={t.plan.diverts}>
      {offers.map(({ patrolId, callsign, etaS, divert }) => (
        <li key={patrolId} data-divert={patrolId}>
          <span>
            <strong>{callsign}</strong> <span className="num">{etaS === null ? '' : minutesSeconds(etaS)}</span>{' '}
            <span className="dim">
              {[
                t.plan.divertFrom(divert!.number, divert!.priority),
                divert!.gainS === null ? '' : t.plan.divertGain(minutesSeconds(divert!.gainS)),
                divert!.costS === null ? t.plan.divertNobody : t.plan.divertCost(minutesSeconds(divert!.costS)),
                divert!.leavesNobody ? t.plan.divertReopens : '',
              ]
                .filter((words) => words !== '')
                .join(' · ')}
            </span>
          </span>
          <button
            type="button"
            disabled={isBusy}
            onClick={() => void divertPatrol(recommendation.incidentId, patrolId, callsign)}
          >
            {t.plan.divert}
          </button>
        </li>
      ))}
    </ul>
  )
}
