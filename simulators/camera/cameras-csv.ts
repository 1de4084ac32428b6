import type { SimulatedCamera } from './camera.ts'

/** The rows of a city's cameras.csv that are played by the simulator: their address holds `{sim-rtsp}` or `{sim-onvif}`. */
export function readSimulatedCameras(text: string): SimulatedCamera[] {
  const [head, ...rows] = parseRows(text.replace(/^\uFEFF/, ''))
  if (!head) return []
  const cameras: SimulatedCamera[] = []
  for (const row of rows) {
    const cell = (name: string) => row[head.indexOf(name)]?.trim() ?? ''
    const places = `${cell('address')} ${cell('onvif')}`
    if (!cell('id') || !/\{sim-(rtsp|onvif)\}/.test(places)) continue
    const hears = /^(1|true|yes|on)$/i.test(cell('audio'))
    const sounding = cameras.filter(({ sound }) => sound).length
    cameras.push({
      id: cell('id'),
      name: cell('name') || cell('id'),
      scene: cell('scene') || undefined,
      ptz: /^(1|true|yes|on)$/i.test(cell('ptz')),
      // By turns, so that a city with two of them has both kinds.
      ...(hears ? { sound: sounding % 2 === 0 ? ('g711' as const) : ('aac' as const) } : {}),
    })
  }
  return cameras
}

/** RFC 4180: commas, quotes doubled inside quotes, line breaks inside quotes. Empty lines are left out. */
function parseRows(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endRow = () => {
    row.push(cell)
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') cell += text[++i]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') {
      row.push(cell)
      cell = ''
    } else if (c === '\n') endRow()
    else if (c !== '\r') cell += c
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows
}
