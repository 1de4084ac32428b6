import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** A patrol's in-car tablet or radio: fixes, orders, and a panic key of its own. */
export const jsonPatrolTerminal: Driver = {
  kind: 'patrol',
  vendor: 'any',
  model: 'JSON patrol terminal',
  abilities: {
    signals: ['panic', 'test'],
    moves: true,
    battery: true,
    commands: ['track', 'message', 'order'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
