import type { Candidate, Reason, Recommendation } from '../../domain/recommendation.ts'
import { openIncident } from '../data/incident-details.ts'
import { useObservable } from '../data/use-store.ts'
import { goalMinutes, minutesSeconds } from '../i18n/durations.ts'
import { useText } from '../i18n/language.ts'
import { Fold } from '../ui/fold.tsx'
import { PatrolWord } from '../ui/marks.tsx'
import { chosenCandidate, needsReason, reasonIndex } from './actions.ts'
import { CHOICES_MAX } from './keys.ts'
import { DivertOffers, ResponsePlan } from './response-plan.tsx'
import { choice } from './selection.ts'
import './recommendation-list.css'

/** Reasons that the figures of the row already say. */
const TOLD_BY_FIGURES: ReadonlySet<Reason> = new Set([
  'inside-goal',
  'outside-goal',
  'stale-fix',
  'slower-by-road',
  'fastest-by-road',
])
/** From here on the way on foot counts in the times, as the centre does it. */
const OFF_ROAD_TOLD_M = 50
/** A fix older than this is marked, and its age has widened the ETA. */
const STALE_FIX_S = 30

/** Who should go, by road, and why each other should not. */
export function RecommendationList() {
  const t = useText()
  const open = useObservable(openIncident)
  const recommendation = open?.recommendation ?? null
  const chosen = chosenCandidate(recommendation, useObservable(choice))
  const sendable = (recommendation?.candidates ?? []).filter((c) => c.canBeSent)
  const rows = sendable.slice(0, CHOICES_MAX)
  const others = (recommendation?.candidates ?? []).filter((c) => !rows.includes(c))
  return (
    <section className="recommend" aria-label={t.recommend.heading}>
      <h3>
        {t.recommend.heading} <span className="dim keys">{t.recommend.hint}</span>
      </h3>
      {recommendation?.shortfall && <p className="shortfall">▲ {t.shortfall[recommendation.shortfall]}</p>}
      {recommendation?.plan?.sent === 0 && <ResponsePlan recommendation={recommendation} />}
      {(recommendation?.sceneOffRoadM ?? 0) > OFF_ROAD_TOLD_M && (
        <p className="dim" data-off-road>
          {t.recommend.offRoad(t.unit.metres(recommendation!.sceneOffRoadM!))}
        </p>
      )}
      {!recommendation && <p className="dim loading-line">{t.recommend.loading}</p>}
      {recommendation && rows.length === 0 && <p className="dim">{t.recommend.none}</p>}
      <div role="radiogroup" aria-label={t.recommend.heading} className="candidates">
        {recommendation &&
          rows.map((candidate, index) => (
            <CandidateRow
              key={candidate.patrolId}
              candidate={candidate}
              index={index}
              recommendation={recommendation}
              isChosen={candidate.patrolId === chosen?.patrolId}
            />
          ))}
      </div>
      {recommendation && <DivertOffers recommendation={recommendation} />}
      {recommendation && chosen && needsReason(recommendation, chosen) && <ReasonChoice />}
      {others.length > 0 && (
        <Fold summary={t.recommend.others(others.length)}>
          <ul className="passed-over">
            {others.map((candidate) => (
              <li key={candidate.patrolId}>
                <strong>{candidate.callsign}</strong> <PatrolWord status={candidate.status} />
                <span className="num dim">{candidate.etaS === null ? '' : minutesSeconds(candidate.etaS)}</span>
                <span className="dim">{candidate.reasons.map((reason) => t.reason[reason]).join(' · ')}</span>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </section>
  )
}

function CandidateRow({
  candidate,
  index,
  recommendation,
  isChosen,
}: {
  candidate: Candidate
  index: number
  recommendation: Recommendation
  isChosen: boolean
}) {
  const t = useText()
  const isSupport = candidate.role === 'support'
  const isRecommended = candidate.patrolId === recommendation.chosen
  const why = candidate.reasons.filter((reason) => !TOLD_BY_FIGURES.has(reason)).map((reason) => t.reason[reason])
  return (
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      className={`candidate ${isChosen ? 'chosen' : ''}`}
      data-patrol-id={candidate.patrolId}
      data-role={candidate.role}
      data-inside-goal={candidate.insideGoal ?? 'none'}
      onClick={() => choice.set(candidate.patrolId)}
    >
      <kbd aria-hidden="true">{index + 1}</kbd>
      <strong className="ellipsis">{candidate.callsign}</strong>
      <span className="candidate-eta num">
        {candidate.etaS === null ? '—' : minutesSeconds(candidate.etaS)}
        {candidate.etaSpreadS >= 5 && <small> {t.recommend.spread(String(Math.round(candidate.etaSpreadS)))}</small>}
      </span>
      <GoalWords isInside={candidate.insideGoal} goalS={recommendation.goalS} />
      <span className="num dim">{candidate.distanceM === null ? '' : t.unit.metres(candidate.distanceM)}</span>
      <FixWords ageS={candidate.fixAgeS} />
      {(isRecommended || isSupport || why.length > 0) && (
        <span className="ellipsis dim candidate-why">
          {isRecommended
            ? `★ ${[t.recommend.recommended, t.reason[candidate.reasons.includes('ahead-of-vehicle') ? 'ahead-of-vehicle' : 'fastest-by-road']].join(' · ')}`
            : [...(isSupport ? [`＋ ${t.plan.support}`] : []), ...why].join(' · ')}
        </span>
      )}
    </button>
  )
}

function GoalWords({ isInside, goalS }: { isInside: boolean | null; goalS: number | null }) {
  const t = useText()
  if (isInside === null || goalS === null) return <span className="dim">{t.recommend.noGoal}</span>
  const goal = t.unit.minutes(goalMinutes(goalS))
  return isInside ? (
    <span className="word tone-ok">✓ {t.recommend.inside(goal)}</span>
  ) : (
    <span className="word tone-warn">✗ {t.recommend.outside(goal)}</span>
  )
}

function FixWords({ ageS }: { ageS: number | null }) {
  const t = useText()
  if (ageS === null) return <span className="is-stale">{t.recommend.noFix}</span>
  const age = t.unit.age(ageS)
  return ageS > STALE_FIX_S ? (
    <span className="is-stale num">▲ {t.recommend.fixAge(age)}</span>
  ) : (
    <span className="dim num">{t.recommend.fixAge(age)}</span>
  )
}

/** Another patrol than the recommended one goes into the record with a reason; the neutral one is preselected. */
function ReasonChoice() {
  const t = useText()
  const index = useObservable(reasonIndex)
  return (
    <label className="reason-choice">
      <span className="dim">{t.recommend.chosenReason}</span>
      <select value={index} onChange={(event) => reasonIndex.set(Number(event.target.value))}>
        {t.recommend.reasons.map((reason, at) => (
          <option key={reason} value={at}>
            {reason}
          </option>
        ))}
      </select>
    </label>
  )
}
