import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** An elderly person's pendant. */
export const jsonPendant: Driver = {
  kind: 'pendant',
  vendor: 'any',
  model: 'JSON pendant',
  abilities: {
    signals: ['panic', 'medical', 'low-battery', 'test', 'cancel'],
    moves: true,
    battery: true,
    commands: ['confirm'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
