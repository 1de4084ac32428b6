import { toIso } from '../../domain/clock.ts'
import type { DeviceKind } from '../../domain/device.ts'
import type { ReceiptStage } from '../../domain/wire/mqtt.ts'
import type { Tx } from '../store/database.ts'
import { putOutbox, type OutboxMessage } from './outbox-rows.ts'

/** A light on a button means something for ten minutes; afterwards the incident itself has told everybody. */
const RECEIPT_LIFE_MS = 10 * 60_000
/** Newest presses of one alarm that are answered; a child may press thirty times. */
const PRESSES_ANSWERED = 5

/** One receipt, to be put in the outbox. */
export function receipt(
  device: { deviceKind: DeviceKind; deviceId: string },
  eventId: string,
  stage: ReceiptStage,
  alarmId: string | null,
  nowMs: number,
): OutboxMessage {
  return {
    deviceKind: device.deviceKind,
    deviceId: device.deviceId,
    channel: 'receipt',
    payload: { id: eventId, stage, ...(alarmId === null ? {} : { alarmId }) },
    expiresAt: toIso(nowMs + RECEIPT_LIFE_MS),
  }
}

/** Tells the devices of these alarms how far their call has come. */
export async function putReceipts(
  tx: Tx,
  alarms: readonly { id: string; deviceId: string }[],
  stage: ReceiptStage,
  nowMs: number,
): Promise<void> {
  if (alarms.length === 0) return
  const rows = await tx.query<{ alarm_id: string; device_kind: DeviceKind; device_id: string; event_id: string }>(
    `select alarm_id, device_kind, device_id, event_id from (
       select *, row_number() over (partition by alarm_id order by id desc) as newest from signal
        where device_id = any($1) and alarm_id = any($2)) as s
      where newest <= $3 order by id`,
    [alarms.map((alarm) => alarm.deviceId), alarms.map((alarm) => alarm.id), PRESSES_ANSWERED],
  )
  await putOutbox(
    tx,
    rows.map((row) =>
      receipt({ deviceKind: row.device_kind, deviceId: row.device_id }, row.event_id, stage, row.alarm_id, nowMs),
    ),
  )
}
