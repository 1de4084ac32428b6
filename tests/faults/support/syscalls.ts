/** What strace has written, as far as the order of disk and network matters. */
interface Call {
  name: string
  fd: number
  text: string
  /** Lines at which it began and ended. */
  from: number
  to: number
  result: number
}

const WHOLE = /^(\d+) +(\w+)\((\d+)(.*?)\) += (-?\d+)/
const BEGUN = /^(\d+) +(\w+)\((\d+)(.*) <unfinished \.\.\.>$/
const ENDED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)/

/** Joins the halves of calls that were interrupted by another thread. */
export function readCalls(text: string): Call[] {
  const calls: Call[] = []
  const open = new Map<string, Omit<Call, 'to' | 'result'>>()
  text.split('\n').forEach((line, at) => {
    const ended = ENDED.exec(line)
    if (ended) {
      const begun = open.get(ended[1]!)
      if (begun) calls.push({ ...begun, text: begun.text + ended[3]!, to: at, result: Number(ended[4]) })
      open.delete(ended[1]!)
      return
    }
    const begun = BEGUN.exec(line)
    if (begun) {
      open.set(begun[1]!, { name: begun[2]!, fd: Number(begun[3]), text: begun[4]!, from: at })
      return
    }
    const whole = WHOLE.exec(line)
    if (whole)
      calls.push({ name: whole[2]!, fd: Number(whole[3]), text: whole[4]!, from: at, to: at, result: Number(whole[5]) })
  })
  return calls
}

/**
 * For each press: read from a socket, written to a file that holds its id, that file synced, and only then a PUBACK (0x40 0x02) to
 * that socket. Devices here have one press under way at a time, so the next PUBACK on the socket is the press's own.
 * @returns what was out of order, one line each, and how many presses were looked at
 */
export function violationsOf(text: string, eventIds: readonly string[]): { checked: number; violations: string[] } {
  const calls = readCalls(text).filter((call) => call.result >= 0)
  const violations: string[] = []
  let checked = 0
  for (const id of eventIds) {
    const quoted = `\\"${id}\\"`
    const press = calls.find((call) => call.name === 'read' && call.text.includes(quoted))
    if (!press) continue
    const puback = calls.find(
      (call) => isWrite(call) && call.fd === press.fd && call.from > press.to && PUBACK.test(call.text),
    )
    if (!puback) continue
    checked++
    const stored = calls.find((call) => isWrite(call) && call.fd !== press.fd && call.text.includes(quoted))
    const synced =
      stored && calls.find((call) => call.name === 'fdatasync' && call.fd === stored.fd && call.from > stored.to)
    if (!stored) violations.push(`${id}: acknowledged and never written`)
    else if (!synced) violations.push(`${id}: written and never synced`)
    else if (puback.from < synced.to)
      violations.push(`${id}: PUBACK in line ${puback.from}, fdatasync ends in line ${synced.to}`)
  }
  return { checked, violations }
}

/** 0x40, 0x02: in one buffer, or as the broker writes it, three. */
const PUBACK = /"@\\2|iov_base="@"/
const isWrite = (call: Call) => /^(write|writev|pwrite64|pwritev|sendto|sendmsg)$/.test(call.name)
