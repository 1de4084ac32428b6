import type { Alarm } from '../../domain/alarm.ts'
import { useText } from '../i18n/language.ts'

/** Who has been called for an alarm that nobody has answered, the last call; where everybody sees all there is nothing to tell. */
export function CalledWords({ alarm }: { alarm: Alarm }) {
  const t = useText()
  const last = alarm.state === 'raised' && alarm.jurisdiction ? alarm.escalatedTo?.at(-1) : undefined
  if (!last) return null
  return (
    <span className="chip chip-warn" title={alarm.jurisdiction}>
      {t.stack.called[last.to]}
    </span>
  )
}
