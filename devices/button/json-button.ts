import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** A one-key button of a school, a shop, a government house, that speaks the public contract. */
export const jsonButton: Driver = {
  kind: 'button',
  vendor: 'any',
  model: 'JSON one-key button',
  abilities: {
    signals: [
      'panic',
      'duress',
      'silent-panic',
      'medical',
      'fire',
      'tamper',
      'low-battery',
      'power-loss',
      'test',
      'restore',
      'cancel',
    ],
    moves: false,
    battery: true,
    commands: ['confirm'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
