/** The browser keeps user timings until the page is left; in a flood that would be a million a shift. */
const MARKS_MAX = 2000
const names: string[] = []
let next = 0

/** A user timing, as `performance.mark`; of the oldest beyond `MARKS_MAX` the browser is told to let go. */
export function markTiming(name: string): void {
  const oldest = names[next]
  if (oldest !== undefined) performance.clearMarks(oldest)
  names[next] = name
  next = (next + 1) % MARKS_MAX
  performance.mark(name)
}
