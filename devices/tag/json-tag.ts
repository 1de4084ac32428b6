import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** A tag on an electric bicycle. */
export const jsonTag: Driver = {
  kind: 'tag',
  vendor: 'any',
  model: 'JSON tag',
  abilities: {
    signals: ['theft', 'tamper', 'low-battery', 'restore'],
    moves: true,
    battery: true,
    commands: ['track'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
