import mqtt, { type MqttClient } from 'mqtt'
import type { DeviceKind } from '../../domain/device.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { passwordOf, type Desk } from './centre.ts'

export interface PressedDevice {
  client: MqttClient
  /** Stages of receipts, `{event id} {stage}`. */
  heard: string[]
  press(id: string, type?: string): Promise<unknown>
}

/** A device that subscribes to its receipts and presses. @param clean false: the edge keeps its session */
export async function connectDevice(
  mqttPort: number,
  id: string,
  { kind = 'button' as DeviceKind, clean = true } = {},
): Promise<PressedDevice> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
    clientId: id,
    username: id,
    password: passwordOf(id),
    protocolVersion: 4,
    clean,
    reconnectPeriod: 0,
  })
  const heard: string[] = []
  client.on('message', (_topic, payload) => {
    const body = JSON.parse(payload.toString()) as { id: string; stage?: string }
    if (body.stage) heard.push(`${body.id} ${body.stage}`)
  })
  await client.subscribeAsync(topicOf(kind, id, 'receipt'), { qos: 1 })
  const press = (eventId: string, type = 'panic') =>
    client.publishAsync(topicOf(kind, id, 'event'), JSON.stringify({ id: eventId, type }), { qos: 1 })
  return { client, heard, press }
}

/** Events of one kind and action that this desk has got. */
export function eventsOf(desk: Desk, kind: LogEvent['kind'], action: string): LogEvent[] {
  return desk.messages.flatMap((m) =>
    m.type === 'event' && m.event.kind === kind && m.event.action === action ? [m.event] : [],
  )
}
