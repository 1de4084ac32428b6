import type { Driver } from '../driver.ts'
import { decodeJsonEvent } from '../json/decode-event.ts'
import { decodeJsonBeat, decodeJsonFixes } from '../json/decode-telemetry.ts'

/** A taxi's terminal with a foot switch, that speaks the public contract. */
export const jsonTaxiTerminal: Driver = {
  kind: 'taxi',
  vendor: 'any',
  model: 'JSON vehicle terminal',
  abilities: {
    signals: ['panic', 'collision', 'theft', 'power-loss', 'test', 'restore', 'cancel'],
    moves: true,
    battery: false,
    commands: ['track', 'snapshot', 'confirm', 'call-back', 'message'],
  },
  decodeEvent: decodeJsonEvent,
  decodeFixes: decodeJsonFixes,
  decodeBeat: decodeJsonBeat,
}
