import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** A handheld of a guard or a grid worker. */
export const jsonHandheld: Driver = {
  kind: 'handheld',
  vendor: 'any',
  model: 'JSON handheld',
  abilities: {
    signals: ['panic', 'low-battery', 'test'],
    moves: true,
    battery: true,
    commands: ['track', 'message', 'call-back'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
