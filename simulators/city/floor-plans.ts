import type { Chance } from './chance.ts'
import type { Places } from './sites.ts'

/**
 * A ground plan for every school and kindergarten, as a picture of lines that a browser draws as sharp as its room allows. Invented like everything
 * here: a gate with its guard's room and the button, a front of classrooms, a side wing, and the playground between them.
 * @returns `plans/{site}.svg`, name → text
 */
export function floorPlanFiles({ sites }: Places, chance: Chance): [string, string][] {
  return sites
    .filter(({ plan }) => plan.kind === 'school' || plan.kind === 'kindergarten')
    .map(({ id, plan }) => [`plans/${id}.svg`, drawPlan(plan.name, plan.kind === 'school', chance.fork(id))])
}

const WIDTH = 640
const HEIGHT = 420
const INK = '#8fb0d4'
const WALL = `fill="#1b2a3d" stroke="${INK}" stroke-width="2"`

function drawPlan(name: string, isSchool: boolean, chance: Chance): string {
  const rooms = isSchool ? 6 + chance.int(3) : 4 + chance.int(2)
  const isLeft = chance.int(2) === 0
  const gateX = 240 + chance.int(160)
  const wingX = isLeft ? 40 : WIDTH - 140
  const yardX = isLeft ? 170 : 50
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#101924"/>`,
    `<rect x="20" y="44" width="600" height="350" fill="none" stroke="#5b7896" stroke-width="3"/>`,
    label(24, 30, `${name} 首层平面图`, 18, 'start'),
    ...classrooms(rooms, isSchool),
    ...wing(wingX, isSchool),
    `<ellipse cx="${yardX + 205}" cy="245" rx="185" ry="58" fill="#17301f" stroke="#6aa37c" stroke-width="2"/>`,
    label(yardX + 205, 250, isSchool ? '操场' : '活动场'),
    // The gate is a hole in the fence; beside it sits the guard, and at his desk the button.
    `<line x1="${gateX}" y1="394" x2="${gateX + 60}" y2="394" stroke="#101924" stroke-width="6"/>`,
    label(gateX + 30, 412, '大门', 14),
    `<rect x="${gateX + 70}" y="346" width="92" height="46" ${WALL}/>`,
    label(gateX + 116, 386, '门卫室', 13),
    `<path d="M${gateX + 90} 352l9 9-9 9-9-9z" fill="#ff5252" stroke="#fff"/>`,
    label(gateX + 104, 366, '报警按钮', 11, 'start'),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">\n${parts.join('\n')}\n</svg>\n`
}

/** One behind the other along a corridor; both ends of it lead outside. */
function classrooms(rooms: number, isSchool: boolean): string[] {
  const width = 560 / rooms
  const parts = [`<rect x="40" y="140" width="560" height="22" fill="#223349" stroke="${INK}" stroke-width="1"/>`]
  for (let i = 0; i < rooms; i++) {
    const x = 40 + i * width
    parts.push(`<rect x="${x.toFixed(1)}" y="60" width="${width.toFixed(1)}" height="80" ${WALL}/>`)
    parts.push(label(x + width / 2, 105, isSchool ? `10${i + 1} 教室` : `${i + 1} 班`, 13))
  }
  parts.push(label(320, 156, '走廊', 12), exit(46, 156, 'start'), exit(594, 156, 'end'))
  return parts
}

function wing(x: number, isSchool: boolean): string[] {
  const rooms = isSchool ? ['教务处', '校长室', '医务室'] : ['园长室', '保健室', '厨房']
  return rooms.flatMap((room, i) => [
    `<rect x="${x}" y="${180 + i * 52}" width="100" height="52" ${WALL}/>`,
    label(x + 50, 211 + i * 52, room, 14),
  ])
}

function exit(x: number, y: number, anchor: 'start' | 'end'): string {
  return `<text x="${x}" y="${y}" font-size="11" fill="#4fd1ae" text-anchor="${anchor}">${anchor === 'start' ? '← 出口' : '出口 →'}</text>`
}

function label(x: number, y: number, words: string, size = 15, anchor: 'middle' | 'start' = 'middle'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" fill="#e8eef6" text-anchor="${anchor}">${words}</text>`
}
