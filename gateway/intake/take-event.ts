import type { Clock } from '../../domain/clock.ts'
import type { DeviceKind } from '../../domain/device.ts'
import { PAYLOAD_BYTES_MAX } from '../../domain/wire/mqtt.ts'
import type { NewRecord } from './journal/format.ts'

/** How events enter the journal; resolves when one is durable. */
export type TakeEvent = (record: NewRecord) => Promise<void>

/**
 * What is written down of one event: the bytes as they came, unread. A longer one than the contract allows is kept up to that length and
 * marked; the core makes an alarm of it, because a known device wanted to say something.
 */
export function eventRecord(
  from: { deviceId: string; kind: DeviceKind; topic: string },
  payload: Buffer,
  clock: Clock,
  isPart = false,
): NewRecord {
  const truncated = isPart || payload.length > PAYLOAD_BYTES_MAX
  return {
    receivedAtMs: clock.nowMs(),
    kind: from.kind,
    deviceId: from.deviceId,
    topic: from.topic,
    payload: payload.length > PAYLOAD_BYTES_MAX ? payload.subarray(0, PAYLOAD_BYTES_MAX) : payload,
    truncated,
  }
}
