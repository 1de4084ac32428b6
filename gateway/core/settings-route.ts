import type { Settings } from '../../domain/config.ts'
import { centreSettingsSchema } from '../../domain/wire/centre-settings.ts'
import { defineRoute, type Route } from '../http/route.ts'

/** What the centre was started with; it is changed where it is started, not here. */
export function settingsRoute({ settings, isSimulating }: { settings: Settings; isSimulating: boolean }): Route {
  return defineRoute({
    method: 'get',
    path: '/centre-settings',
    summary: 'Settings of the centre that matter at a desk: recording, press tests, slew to cue',
    action: 'desk.view',
    answer: centreSettingsSchema,
    handler: () => ({
      recordDays: settings.VIGIL_RECORD_DAYS,
      recordBeforeS: settings.VIGIL_RECORD_BEFORE_S,
      recordAfterS: settings.VIGIL_RECORD_AFTER_S,
      recordMaxGb: settings.VIGIL_RECORD_MAX_GB ?? null,
      testEveryDays: settings.VIGIL_TEST_EVERY_D,
      slewToCue: settings.VIGIL_SLEW_TO_CUE,
      isSimulating,
      hasTls: settings.VIGIL_TLS_CERT !== undefined,
    }),
  })
}
