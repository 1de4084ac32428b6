import { dutyLevelNowSchema, dutyLevelWriteSchema } from '../../domain/duty-level.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { changeDutyLevel, type DutyLevelDeps } from './duty-level.ts'

/** 勤务等级: what it is, and another one with a reason. */
export function dutyLevelRoutes(deps: DutyLevelDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/duty-level',
      summary: 'The duty level in force, since when, by whom and why',
      action: 'desk.view',
      answer: dutyLevelNowSchema,
      handler: () => deps.state.dutyLevel,
    }),
    defineRoute({
      method: 'put',
      path: '/duty-level',
      summary:
        'Put another duty level in force: goals of new incidents, coverage and escalations follow at once; audited',
      action: 'duty-level.write',
      body: dutyLevelWriteSchema,
      answer: dutyLevelNowSchema,
      handler: ({ body, subject, actor }) => changeDutyLevel(deps, body, subject, actor),
    }),
  ]
}
