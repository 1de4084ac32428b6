import { tmpdir } from 'node:os'
import type { Coverage, MoveUpsNow } from '../../domain/recommendation.ts'
import type { Health, Snapshot } from '../../domain/wire/live.ts'
import { drillRoutes } from '../../gateway/alarms/drill-routes.ts'
import { alarmRoutes } from '../../gateway/alarms/routes.ts'
import { createCrews } from '../../gateway/crew/crews.ts'
import { circleRoutes } from '../../gateway/dispatch/circle-routes.ts'
import { dutyLevelRoutes } from '../../gateway/dispatch/duty-level-routes.ts'
import { postingRoutes } from '../../gateway/dispatch/posting-routes.ts'
import { roadRoutes } from '../../gateway/dispatch/road-routes.ts'
import { dispatchRoutes } from '../../gateway/dispatch/routes.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { fleetRoutes } from '../../gateway/fleet/routes.ts'
import type { Route } from '../../gateway/http/route.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { liveRoutes } from '../../gateway/live/routes.ts'
import { moveUpsFor } from '../../gateway/live/visibility.ts'
import type { Parts } from '../http/fixture.ts'

const notHere = () => {
  throw new Error('no test of policies comes this far')
}

/** What the moving half of a centre would work out. */
export interface Worked {
  coverage: () => Coverage
  moveUps: () => MoveUpsNow
  health: () => Health
  city: Snapshot['city']
}

/** The routes that `ownRoutes` does not have. What they are given is real as far as a refusal or a list needs it. */
export function coreRoutes(parts: Parts, state = new CentreState(new Positions()), worked?: Worked): Route[] {
  const { coverage = notHere, moveUps = notHere, health = notHere, city = notHere as never } = worked ?? {}
  const deps = { ...parts, state, onOutbox: notHere, recommend: notHere, coverage, health }
  return [
    ...alarmRoutes({
      ...deps,
      findAlarm: (id) => state.alarms.get(id),
      acknowledge: notHere,
      takeOver: notHere,
      orderByRadio: notHere,
      recommendFor: notHere,
    }),
    ...drillRoutes({ plan: notHere, cancel: notHere, ofSite: notHere }),
    ...dispatchRoutes(deps),
    ...dutyLevelRoutes(deps),
    ...circleRoutes({ ...deps, graph: notHere as never, snap: notHere }),
    ...roadRoutes({ closures: notHere as never, moveUps: (who) => moveUpsFor(state, who, moveUps()) }),
    ...postingRoutes({ postings: notHere as never }),
    ...fleetRoutes(deps),
    ...createCrews({
      ...deps,
      graph: notHere as never,
      snap: notHere as never,
      fleet: notHere as never,
      photoDir: tmpdir(),
      version: 'test',
    }).routes,
    ...liveRoutes({
      ...deps,
      mqtt: { host: null, port: 1883, isTls: false },
      city,
      coverage: () => worked?.coverage() ?? null,
      provisional: () => [],
      deviceNow: (device) => device,
    }),
  ]
}
