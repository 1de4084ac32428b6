import type { Fix } from '../../domain/fix.ts'
import { type BatchOptions, HistoryBatch, type HistoryWriter } from './history-batch.ts'

/** 1970 to 2200: what a broken clock says beyond that would make a chunk of its own for each wrong day. */
const TAKEN_MAX_MS = 7_258_118_400_000

const fixWriter: HistoryWriter<Fix> = {
  table: 'fix',
  columns: ['vehicle_id', 'taken_at', 'received_at', 'lng', 'lat', 'speed_mps', 'bearing_deg', 'accuracy_m', 'flags'],
  write: (fix, to) => {
    to.text(fix.vehicleId)
    to.timestamptz(fix.takenAtMs)
    to.timestamptz(fix.receivedAtMs)
    to.float8(fix.lng)
    to.float8(fix.lat)
    to.float4(fix.speedMps)
    to.float4OrNull(fix.bearingDeg)
    to.float4OrNull(fix.accuracyM)
    to.int4(fix.flags)
  },
  usable: (fix) =>
    fix.takenAtMs >= 0 &&
    fix.takenAtMs < TAKEN_MAX_MS &&
    fix.receivedAtMs >= 0 &&
    Number.isFinite(fix.lng) &&
    Number.isFinite(fix.lat) &&
    Number.isFinite(fix.speedMps),
}

/** Where fixes go on their way into table `fix`. */
export function createFixBatch(options: BatchOptions): HistoryBatch<Fix> {
  return new HistoryBatch(fixWriter, options)
}

/** One sign of life, as table `beat` has it; null where the device did not say. */
export interface BeatRow {
  deviceId: string
  receivedAtMs: number
  batteryPct: number | null
  rssiDbm: number | null
  uptimeS: number | null
}

const beatWriter: HistoryWriter<BeatRow> = {
  table: 'beat',
  columns: ['device_id', 'received_at', 'battery_pct', 'rssi_dbm', 'uptime_s'],
  write: (beat, to) => {
    to.text(beat.deviceId)
    to.timestamptz(beat.receivedAtMs)
    to.float4OrNull(beat.batteryPct)
    to.float4OrNull(beat.rssiDbm)
    to.float4OrNull(beat.uptimeS)
  },
  usable: (beat) => beat.receivedAtMs >= 0,
}

/** Where beats go on their way into table `beat`. */
export function createBeatBatch(options: BatchOptions): HistoryBatch<BeatRow> {
  return new HistoryBatch(beatWriter, options)
}
