import { DEVICE_KINDS } from '../device.ts'
import { ID_PATTERN } from '../ids.ts'
import { jurisdictionSchema } from '../scalars.ts'
import type { ImportProblemCode } from '../wire/register.ts'

/** A cell that was read, or why it cannot be. */
export type Cell = { value: unknown } | { code: ImportProblemCode; facts?: Record<string, string | number> }

export interface RegisterColumn {
  column: string
  /** Of the flat record of the thing, see `flat` of the format. */
  member: string
  read(text: string): Cell
  /** What an empty cell says; absent: nothing, what is there stays. */
  empty?: unknown
  /** A new thing cannot be without it. */
  isNeeded?: true
  /** Taken, never told: passwords. */
  isSecret?: true
}

export interface RegisterFormat {
  columns: readonly RegisterColumn[]
  /** Columns of the export that an import passes over: what only a thing's life can tell. */
  told: readonly string[]
  /** Columns of a city folder's file that an import passes over. */
  ignored: readonly string[]
}

const text =
  (max: number) =>
  (cell: string): Cell =>
    cell.length > max ? { code: 'too-long', facts: { max } } : { value: cell }

const id = (cell: string): Cell => (ID_PATTERN.test(cell) ? { value: cell } : { code: 'bad-id' })

const between =
  (min: number, max: number, isWhole = false) =>
  (cell: string): Cell => {
    const value = Number(cell)
    const isGood = Number.isFinite(value) && value >= min && value <= max && (!isWhole || Number.isInteger(value))
    return isGood ? { value } : { code: 'not-a-number', facts: { min, max } }
  }

const oneOf =
  (words: readonly string[]) =>
  (cell: string): Cell =>
    words.includes(cell) ? { value: cell } : { code: 'not-one-of', facts: { words: words.join(', ') } }

const YES = new Set(['yes', 'true', '1', '是'])
const NO = new Set(['no', 'false', '0', '否'])
function yesNo(cell: string): Cell {
  const word = cell.toLowerCase()
  return YES.has(word) ? { value: true } : NO.has(word) ? { value: false } : { code: 'not-yes-no' }
}

function jurisdiction(cell: string): Cell {
  return jurisdictionSchema.safeParse(cell).success ? { value: cell } : { code: 'bad-jurisdiction' }
}

const NAMED: readonly RegisterColumn[] = [
  { column: 'id', member: 'id', read: id, isNeeded: true },
  { column: 'name', member: 'name', read: text(120), isNeeded: true },
  { column: 'site_id', member: 'siteId', read: id, empty: null },
]
const WHOSE: RegisterColumn = { column: 'jurisdiction', member: 'jurisdiction', read: jurisdiction, empty: '' }

/** The columns of `cameras.csv` of a city folder, and what can be set at the desk besides. */
export const CAMERA_FORMAT: RegisterFormat = {
  columns: [
    ...NAMED,
    { column: 'lng', member: 'lng', read: between(-180, 180), isNeeded: true },
    { column: 'lat', member: 'lat', read: between(-90, 90), isNeeded: true },
    { column: 'bearing_deg', member: 'bearingDeg', read: between(0, 360), empty: null },
    { column: 'fov_deg', member: 'fovDeg', read: between(1, 360) },
    { column: 'range_m', member: 'rangeM', read: between(1, 2000) },
    { column: 'warm', member: 'warm', read: yesNo },
    { column: 'audio', member: 'audio', read: yesNo },
    { column: 'enabled', member: 'enabled', read: yesNo },
    WHOSE,
    { column: 'source', member: 'source', read: oneOf(['rtsp', 'onvif', 'push']) },
    { column: 'address', member: 'address', read: text(500) },
    { column: 'username', member: 'username', read: text(64), isSecret: true },
    { column: 'password', member: 'password', read: text(128), isSecret: true },
  ],
  told: ['state', 'state_since', 'picture', 'ptz'],
  ignored: ['onvif', 'scene'],
}

/** The columns of `devices.csv` of a city folder. */
export const DEVICE_FORMAT: RegisterFormat = {
  columns: [
    NAMED[0]!,
    { column: 'kind', member: 'kind', read: oneOf(DEVICE_KINDS), isNeeded: true },
    ...NAMED.slice(1),
    { column: 'spot', member: 'spot', read: text(120), empty: null },
    { column: 'lng', member: 'lng', read: between(-180, 180), empty: null },
    { column: 'lat', member: 'lat', read: between(-90, 90), empty: null },
    { column: 'power', member: 'power', read: oneOf(['mains', 'battery', 'vehicle']) },
    { column: 'supervision_s', member: 'supervisionS', read: between(60, 604_800, true), empty: null },
    WHOSE,
  ],
  told: ['state', 'last_seen', 'battery_pct', 'tested', 'credential'],
  ignored: [],
}
