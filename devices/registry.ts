import type { DeviceKind } from '../domain/device.ts'
import { jsonButton } from './button/json-button.ts'
import type { Driver } from './driver.ts'
import { jsonHandheld } from './handheld/json-handheld.ts'
import { jsonPatrolTerminal } from './patrol/json-patrol-terminal.ts'
import { jsonPendant } from './pendant/json-pendant.ts'
import { jsonTag } from './tag/json-tag.ts'
import { jsonTaxiTerminal } from './taxi/json-taxi-terminal.ts'

/** Every driver, by the kind of device that speaks it. */
const DRIVERS: Record<DeviceKind, Driver> = {
  button: jsonButton,
  taxi: jsonTaxiTerminal,
  patrol: jsonPatrolTerminal,
  tag: jsonTag,
  pendant: jsonPendant,
  handheld: jsonHandheld,
}

/** The driver that reads this kind of device. */
export function driverOf(kind: DeviceKind): Driver {
  return DRIVERS[kind]
}
