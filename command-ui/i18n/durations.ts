/** `2′10″`, for travel times: read at a glance and the same in both languages. */
export function minutesSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const minutes = Math.floor(whole / 60)
  return `${minutes}′${String(whole % 60).padStart(2, '0')}″`
}

/** `00:09`, `12:40`, `1:02:40`, for ages that count up. */
export function countUp(elapsedMs: number): string {
  const whole = Math.max(0, Math.floor(elapsedMs / 1000))
  const pad = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Promised seconds as the minutes people speak of: 60 → `1`, 300 → `5`, 90 → `1.5`. */
export function goalMinutes(goalS: number): string {
  const minutes = goalS / 60
  return Number.isInteger(minutes) ? String(minutes) : minutes.toFixed(1)
}

/** Wall-clock time of an RFC 3339 instant in the desk's own zone, `20:38:34`. */
export function timeOfDay(ms: number): string {
  const at = new Date(ms)
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
}

/** `11-21`, for what did not happen today. */
export function dayOfYear(ms: number): string {
  const at = new Date(ms)
  return `${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}
