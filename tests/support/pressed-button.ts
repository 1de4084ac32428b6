import mqtt from 'mqtt'
import type { Alarm } from '../../domain/alarm.ts'
import type { DeviceKind } from '../../domain/device.ts'
import { until, type Api } from './api.ts'
import { topicOf, type CommandPayload, type ReceiptStage } from '../../domain/wire/mqtt.ts'

export interface TestDevice {
  /** Resolves when the PUBACK has come, with the milliseconds it took. */
  event(body: object | Buffer): Promise<number>
  receipts: { id: string; stage: ReceiptStage }[]
  /** Filled as they come. */
  commands: CommandPayload[]
  fix(body: object): Promise<void>
  close(): Promise<void>
}

/** A device on the real wire with its own credential, as `mosquitto_pub` would be. */
export async function connectDevice(port: number, kind: DeviceKind, id: string, password: string): Promise<TestDevice> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: id,
    username: id,
    password,
    reconnectPeriod: 0,
  })
  const receipts: TestDevice['receipts'] = []
  const commands: CommandPayload[] = []
  const receiptTopic = topicOf(kind, id, 'receipt')
  client.on('message', (topic, payload) => {
    const body = JSON.parse(payload.toString()) as unknown
    if (topic === receiptTopic) receipts.push(body as TestDevice['receipts'][number])
    else commands.push(body as CommandPayload)
  })
  await client.subscribeAsync([receiptTopic, topicOf(kind, id, 'command')], { qos: 1 })
  return {
    receipts,
    commands,
    fix: async (body) => {
      await client.publishAsync(topicOf(kind, id, 'fix'), JSON.stringify(body), { qos: 1 })
    },
    event: async (body) => {
      const began = performance.now()
      await client.publishAsync(topicOf(kind, id, 'event'), Buffer.isBuffer(body) ? body : JSON.stringify(body), {
        qos: 1,
      })
      return performance.now() - began
    },
    close: () => client.endAsync(),
  }
}

/** One press of a button of the register, with a credential of its own. @returns the incident that it opened */
export async function pressForIncident(port: number, api: Api, buttonId: string): Promise<string> {
  const { password } = await api.post<{ password: string }>(`devices/${buttonId}/credential`)
  const button = await connectDevice(port, 'button', buttonId, password)
  await button.event({ id: `press-${buttonId}`, type: 'panic' })
  await button.close()
  return await until('the incident', 5000, async () => {
    const { items } = await api.get<{ items: Alarm[] }>(`alarms?device=${buttonId}`)
    return items.find(({ incidentId }) => incidentId !== null)?.incidentId
  })
}
