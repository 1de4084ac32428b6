import { asApiFault } from '../data/api-fault.ts'
import { clock } from '../data/clock.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { saveFile } from '../ui/save-file.ts'
import { useManyText } from './many-words.ts'
import { registerApi, type RegisterName } from './register-api.ts'

/** The buttons above a register that take it as a whole. */
export function RegisterTools({
  register,
  mayWrite,
  isImporting,
  onImport,
}: {
  register: RegisterName
  mayWrite: boolean
  isImporting: boolean
  onImport: () => void
}) {
  const t = useManyText().csv
  const save = async () => {
    try {
      const name = `vigil-${register}-${dayOf(clock.nowMs())}.csv`
      saveFile(await registerApi.export(register), name)
      say(t.exported(name))
    } catch (error) {
      say(faultSentence(asApiFault(error)), true)
    }
  }
  return (
    <>
      <button type="button" data-action="export" onClick={() => void save()}>
        ↓ {t.export}
      </button>
      {mayWrite && (
        <button type="button" data-action="import" aria-expanded={isImporting} onClick={onImport}>
          ↑ {t.import}
        </button>
      )}
    </>
  )
}

function dayOf(ms: number): string {
  const day = new Date(ms)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
}
