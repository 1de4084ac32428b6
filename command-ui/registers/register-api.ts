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

/** The routes that take a register as a whole. */
export const registerApi = {
  change: (register: RegisterName, ids: readonly string[], patch: BulkPatch, reason: string) =>
    call<BulkAnswer>('POST', `${register}/changes`, { ids, patch, ...(reason === '' ? {} : { reason }) }),
  import: (register: RegisterName, file: Blob, isWrite: boolean) =>
    call<ImportAnswer>(
      'POST',
      `${register}/import?write=${isWrite}`,
      // What a system calls a CSV file differs; the centre is told one name.
      new Blob([file], { type: 'text/csv' }),
    ),
  export: (register: RegisterName) => callFile(`${register}/register.csv`),
}
