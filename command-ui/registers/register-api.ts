import type {
  BulkAnswer,
  CameraBulkPatch,
  DeviceBulkPatch,
  ImportAnswer,
  SiteBulkPatch,
} from '../../domain/wire/register.ts'
import { call, callFile } from '../data/api.ts'

export type RegisterName = 'cameras' | 'devices' | 'sites'
export type BulkPatch = CameraBulkPatch & DeviceBulkPatch & SiteBulkPatch

/** As the centre takes at a time. */
const IDS_MAX = 5_000

/** More than one act can hold is changed in several, one after the other; the name of the first is shown. */
async function change(
  register: RegisterName,
  ids: readonly string[],
  patch: BulkPatch,
  reason: string,
): Promise<BulkAnswer> {
  const all: BulkAnswer = { act: null, rows: [] }
  for (let from = 0; from < ids.length; from += IDS_MAX) {
    const body = { ids: ids.slice(from, from + IDS_MAX), patch, ...(reason === '' ? {} : { reason }) }
    const { act, rows } = await call<BulkAnswer>('POST', `${register}/changes`, body)
    all.act ??= act
    all.rows.push(...rows)
  }
  return all
}

/** The routes that take a register as a whole. */
export const registerApi = {
  change,
  import: (register: RegisterName, file: Blob, isWrite: boolean) =>
    call<ImportAnswer>(
      'POST',
      `${register}/import?write=${isWrite}`,
      // What a system calls a CSV file differs; the centre is told one name.
      new Blob([file], { type: 'text/csv' }),
    ),
  export: (register: RegisterName) => callFile(`${register}/register.csv`),
}
