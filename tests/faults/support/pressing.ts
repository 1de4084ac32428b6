import mqtt, { type MqttClient } from 'mqtt'
import type { DeviceKind } from '../../../domain/device.ts'
import { topicOf } from '../../../domain/wire/mqtt.ts'
import type { Api } from '../../support/api.ts'
import { pause } from './figures.ts'

/** One line of what devices were promised: its PUBACK has come. */
export interface Promised {
  deviceId: string
  eventId: string
  pressedMs: number
  pubackMs: number
}

/** Everything that devices were promised. Append-only; whoever is in here must be in the database. */
export class Ledger {
  readonly promised: Promised[] = []
  /** All presses in the order of each device, promised or not yet: `deviceId` → times. */
  readonly pressedMs = new Map<string, number[]>()
}

export interface Credential {
  deviceId: string
  kind: DeviceKind
  password: string
}

export async function credentialsOf(api: Api, kind: DeviceKind, ids: readonly string[]): Promise<Credential[]> {
  const given: Credential[] = []
  for (const deviceId of ids) {
    const { password } = await api.post<{ password: string }>(`devices/${deviceId}/credential`)
    given.push({ deviceId, kind, password })
  }
  return given
}

/**
 * A device as the contract asks for it: it sends the same message with the same id until the PUBACK comes, over as many
 * connections as that takes.
 * @param clientId another one for a second connection beside the first
 */
export function connectPatiently(port: number, { deviceId, password }: Credential, clientId = deviceId): MqttClient {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId,
    username: deviceId,
    password,
    protocolVersion: 4,
    clean: false,
    reconnectPeriod: 100,
    connectTimeout: 3_000,
    // Refused because the intake has just started and knows nobody yet: a real device comes again, too.
    reconnectOnConnackError: true,
  })
  client.on('error', () => undefined)
  return client
}

export interface Pressing {
  ledger: Ledger
  /** Ends after the last press of each device has been promised. */
  stop(): Promise<void>
}

/**
 * Devices that press, each as soon as the press before has been acknowledged and `everyMs` have passed.
 * @param ledger where what they are promised goes on; default a new one
 */
export function startPressing(
  port: number,
  credentials: readonly Credential[],
  name: string,
  everyMs: number,
  ledger = new Ledger(),
): Pressing {
  const state = { isPressing: true }
  const press = async (credential: Credential) => {
    const { deviceId, kind } = credential
    const client = connectPatiently(port, credential)
    const times: number[] = []
    ledger.pressedMs.set(deviceId, times)
    for (let i = 0; state.isPressing; i++) {
      const eventId = `${name}-${deviceId}-${i}`
      const pressedMs = performance.now()
      times.push(pressedMs)
      await client.publishAsync(topicOf(kind, deviceId, 'event'), JSON.stringify({ id: eventId, type: 'panic' }), {
        qos: 1,
      })
      ledger.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
      await pause(everyMs)
    }
    await client.endAsync(true)
  }
  const pressers = credentials.map(press)
  return {
    ledger,
    stop: async () => {
      state.isPressing = false
      await Promise.all(pressers)
    },
  }
}

/** One press of a device that then goes away. Resolves when it has been promised. */
export async function pressOnce(port: number, credential: Credential, eventId: string, ledger: Ledger): Promise<void> {
  const { deviceId, kind } = credential
  const client = connectPatiently(port, credential)
  const pressedMs = performance.now()
  ledger.pressedMs.set(deviceId, [...(ledger.pressedMs.get(deviceId) ?? []), pressedMs])
  const payload = JSON.stringify({ id: eventId, type: 'panic' })
  await client.publishAsync(topicOf(kind, deviceId, 'event'), payload, { qos: 1 })
  ledger.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
  await client.endAsync(true)
}
