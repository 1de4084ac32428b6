/** The line of a small form that asks why; it has the focus when the form opens. */
export function MenuReason({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (value: string) => void
}) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="text"
        required
        maxLength={200}
        autoFocus
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
