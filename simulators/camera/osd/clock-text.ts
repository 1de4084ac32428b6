let keptTenth = -1
let keptText = ''

/** `YYYY-MM-DD HH:MM:SS.d` in local time, as cameras write it. Price: the text of the last tenth is kept, all cameras ask for the same. */
export function clockText(wallMs: number): string {
  const tenth = Math.floor(wallMs / 100)
  if (tenth === keptTenth) return keptText
  const at = new Date(tenth * 100)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  keptTenth = tenth
  keptText = `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${tenth % 10}`
  return keptText
}
