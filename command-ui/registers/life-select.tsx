import { useManyText } from './many-words.ts'

/** Which rows of a register need somebody. @param all what may be chosen, the first is "all of them" */
export function LifeSelect<L extends keyof ReturnType<typeof useManyText>['life']>({
  all,
  value,
  onChange,
}: {
  all: readonly L[]
  value: L
  onChange: (value: L) => void
}) {
  const t = useManyText().life
  return (
    <select
      value={value}
      name="life"
      aria-label={t.label}
      onChange={(event) => onChange(all.find((one) => one === event.target.value) ?? all[0]!)}
    >
      {all.map((one) => (
        <option key={one} value={one}>
          {t[one]}
        </option>
      ))}
    </select>
  )
}
