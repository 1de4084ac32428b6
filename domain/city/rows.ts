import { alarmTypeSchema } from '../alarm.ts'
import { deviceKindSchema } from '../device.ts'
import { ROAD_CLASSES } from '../roads/speeds.ts'
import { ALARM_LEVEL_MAX } from '../run-card.ts'
import { jurisdictionSchema, lngLatSchema } from '../scalars.ts'
import { contactSchema } from '../site.ts'
import { ID_PATTERN } from '../ids.ts'
import { z } from '../z.ts'

/**
 * The columns and properties of each file. Every column's description says what belongs there: it is the second half of the
 * sentence that an operator reads when something else stands there.
 */
const id = z.string().regex(ID_PATTERN).describe('1–40 letters, digits, - or _')
const shortText = (max: number) => z.string().max(max).describe(`a text of at most ${max} characters`)
const lng = z.coerce.number().min(-180).max(180).describe('a longitude in degrees, -180 to 180')
const lat = z.coerce.number().min(-90).max(90).describe('a latitude in degrees, -90 to 90')
const between = (min: number, max: number, unit: string) =>
  z.coerce.number().min(min).max(max).describe(`a number of ${unit}, ${min} to ${max}`)
const yesNo = z
  .union([z.boolean(), z.literal(['yes', 'no', 'true', 'false', '1', '0', 'Yes', 'No', 'TRUE', 'FALSE', 1, 0])])
  .transform((word) => word === true || ['yes', 'true', '1'].includes(String(word).toLowerCase()))
  .describe('yes or no')
/** An empty cell and a null both say: nobody's in particular, or that of its site. */
const jurisdiction = jurisdictionSchema
  .nullish()
  .transform((path) => path ?? undefined)
  .describe('a path in the tree of jurisdictions such as city/district/station, without a / at its ends')
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words).describe(`one of ${words.join(', ')}`)

export const cityRowSchema = z.object({
  name: z.string().min(1).max(80).describe('the name of the district'),
  nameEn: z.string().min(1).max(80).describe('the name of the district in English'),
  note: z.string().max(1000).default('').describe('a text of at most 1000 characters'),
  centre: lngLatSchema.describe('[longitude, latitude]'),
  bounds: z
    .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90), z.number().max(180), z.number().max(90)])
    .refine(([west, south, east, north]) => west < east && south < north)
    .describe('[west, south, east, north] in degrees'),
  escalation: z
    .object({ special: z.number().min(0.1).max(1), wartime: z.number().min(0.1).max(1) })
    .partial()
    .optional()
    .describe('{special, wartime}: numbers from 0.1 to 1'),
})

export const junctionRowSchema = z.object({ id, lng, lat })

export const roadRowSchema = z.object({
  id,
  from: id,
  to: id,
  class: oneOf(ROAD_CLASSES),
  name: shortText(120).nullish(),
  nameEn: shortText(120).nullish(),
  oneway: yesNo.default(false),
  speedKmh: between(3, 150, 'km/h').nullish(),
})

const promise = z.coerce.number().int().min(10).max(7200).describe('the promised time in whole seconds, 10 to 7200')
const patrolCount = z.coerce.number().int().min(0).max(1000).describe('a whole number of patrols, 0 to 1000')

export const zoneRowSchema = z.object({
  id,
  name: shortText(120),
  nameEn: shortText(120).nullish(),
  kind: oneOf(['core', 'busy', 'elsewhere']),
  goalS: promise,
  goalSpecialS: promise.nullish(),
  goalWartimeS: promise.nullish(),
  minPatrols: patrolCount.nullish(),
  minPatrolsSpecial: patrolCount.nullish(),
  minPatrolsWartime: patrolCount.nullish(),
  jurisdiction,
})

export const siteRowSchema = z.object({
  id,
  name: shortText(120),
  nameEn: shortText(120).nullish(),
  kind: oneOf(['school', 'kindergarten', 'hospital', 'bank', 'government', 'shop', 'station', 'police', 'other']),
  address: shortText(200).default(''),
  contacts: z.array(contactSchema).max(20).default([]).describe('a list of {name, role, phone}, at most 20'),
  notes: shortText(2000).nullish(),
  cameraIds: z.array(id).max(50).default([]).describe('a list of camera ids, at most 50'),
  jurisdiction,
})

export const deviceRowSchema = z.object({
  id,
  kind: deviceKindSchema.describe(`one of ${deviceKindSchema.options.join(', ')}`),
  name: shortText(120),
  site_id: id.optional(),
  spot: shortText(120).optional(),
  lng: lng.optional(),
  lat: lat.optional(),
  power: oneOf(['mains', 'battery', 'vehicle']).default('mains'),
  supervision_s: between(60, 604_800, 'seconds').optional(),
  jurisdiction,
})

export const cameraRowSchema = z.object({
  id,
  name: shortText(120),
  site_id: id.optional(),
  lng,
  lat,
  bearing_deg: between(0, 360, 'degrees').optional(),
  fov_deg: between(1, 360, 'degrees').default(70),
  range_m: between(1, 2000, 'metres').default(60),
  ptz: yesNo.default(false),
  warm: yesNo.default(false),
  scene: shortText(40).optional(),
  source: oneOf(['rtsp', 'onvif', 'push']).default('rtsp'),
  address: shortText(500),
  main_address: shortText(500).optional(),
  audio: yesNo.default(false),
  onvif: shortText(500).optional(),
  jurisdiction,
})

export const patrolRowSchema = z.object({
  id,
  callsign: z.string().min(1).max(30).describe('a callsign of at most 30 characters'),
  kind: oneOf(['car', 'motorcycle', 'foot']),
  crew: shortText(250).default(''),
  plate: shortText(20).optional(),
  duty: oneOf(['on', 'off', 'out-of-service']).default('on'),
  home_lng: lng,
  home_lat: lat,
  zone_id: id.optional(),
  jurisdiction,
})

export const vehicleRowSchema = z.object({
  id,
  kind: oneOf(['taxi', 'tag', 'handheld']),
  name: shortText(120),
  plate: shortText(20).optional(),
})

export const runCardRowSchema = z.object({
  type: z.union([alarmTypeSchema, z.literal('any')]).describe(`one of any, ${alarmTypeSchema.options.join(', ')}`),
  level: z.coerce.number().int().min(1).max(ALARM_LEVEL_MAX).default(1).describe(`a level, 1 to ${ALARM_LEVEL_MAX}`),
  patrols: z.coerce.number().int().min(1).max(20).describe('a whole number of patrols, 1 to 20'),
  kind: oneOf(['car', 'motorcycle', 'foot']).optional(),
})

export const featureSchema = z.object({
  geometry: z.object({ type: z.string(), coordinates: z.unknown() }),
  properties: z.record(z.string(), z.unknown()).nullish(),
})
