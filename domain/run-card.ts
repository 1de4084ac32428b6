import { alarmTypeSchema, type AlarmType } from './alarm.ts'
import { patrolSchema, type Patrol } from './patrol.ts'
import { z } from './z.ts'

export const ALARM_LEVEL_MAX = 3

/**
 * One line of a 处置预案: how many patrols an incident of a type asks for at a level. Levels add up: an incident at level 2 asks for the lines
 * of level 1 and of level 2. `kind` null: whichever comes first.
 */
export const runCardSchema = z.object({
  /** `any`: for every type that has no line of its own. */
  type: z.union([alarmTypeSchema, z.literal('any')]),
  level: z.number().int().min(1).max(ALARM_LEVEL_MAX),
  patrols: z.number().int().min(1).max(20),
  kind: patrolSchema.shape.kind.nullable(),
})
export type RunCard = z.infer<typeof runCardSchema>

/** So many patrols of that kind. */
export type Requirement = Pick<RunCard, 'patrols' | 'kind'>

const card = (type: RunCard['type'], level: number, patrols: number): RunCard => ({ type, level, patrols, kind: null })

/**
 * What holds for a city folder without run cards: one car answers, two where somebody is threatened, three where a hostage may be;
 * each further level brings two more. Invented by nobody's standard: a city writes its own.
 */
export const DEFAULT_RUN_CARDS: readonly RunCard[] = [
  card('panic', 1, 2),
  card('duress', 1, 3),
  card('silent-panic', 1, 3),
  card('fire', 1, 2),
  card('intrusion', 1, 2),
  card('unreadable', 1, 2),
  card('any', 1, 1),
  ...(['panic', 'duress', 'silent-panic', 'fire', 'intrusion', 'unreadable', 'any'] as const).flatMap((type) => [
    card(type, 2, 2),
    card(type, 3, 2),
  ]),
]

/** What an incident of this type asks for at this level, particular kinds first. At least one patrol: a call for help is answered. */
export function requirementsOf(cards: readonly RunCard[], type: AlarmType, level: number): Requirement[] {
  const own = cards.filter((one) => one.type === type)
  const lines = (own.length > 0 ? own : cards.filter((one) => one.type === 'any')).filter((one) => one.level <= level)
  const kinds: (Patrol['kind'] | null)[] = ['car', 'motorcycle', 'foot', null]
  const sums = kinds.map((kind) => ({
    kind,
    patrols: lines.reduce((sum, one) => sum + (one.kind === kind ? one.patrols : 0), 0),
  }))
  const asked = sums.filter(({ patrols }) => patrols > 0)
  return asked.length > 0 ? asked : [{ kind: null, patrols: 1 }]
}
