import type { Disposition } from '../../domain/alarm.ts'

/**
 * In the order of the digits 1–5. Written out instead of imported: the schemas beside the domain's list would bring the
 * whole validator (60 kB) into the first load of the desk.
 */
export const DISPOSITIONS_SHOWN = [
  'real',
  'false',
  'test',
  'drill',
  'duplicate',
] as const satisfies readonly Disposition[]
