import { facade, pick, seeded, type FacadeStyle } from './paint.ts'
import { sign } from './furniture.ts'
import { block, matt, type Stage } from './stage.ts'
import { THREE } from './three-door.ts'

/** Houses with windows, rows of shops, walls. */

export const FACADES = {
  cream: { wall: '#d8cdb6', frame: '#e9e6de', glass: '#4a5c66', windowShare: [0.5, 0.5], isDwelling: true },
  pink: { wall: '#c9a595', frame: '#ece4de', glass: '#4b5860', windowShare: [0.48, 0.52], isDwelling: true },
  tile: { wall: '#c3c8c6', frame: '#8d9695', glass: '#3f5560', windowShare: [0.56, 0.48], isDwelling: true },
  brick: { wall: '#9c6a55', frame: '#d8d2c8', glass: '#3f4c55', windowShare: [0.42, 0.55], isDwelling: false },
  office: { wall: '#8b979d', frame: '#c7cdd0', glass: '#35566b', windowShare: [0.86, 0.66], isDwelling: false },
  glass: { wall: '#5a7686', frame: '#93a7b2', glass: '#41677c', windowShare: [0.94, 0.86], isDwelling: false },
  school: { wall: '#e3d3a8', frame: '#ffffff', glass: '#4d6672', windowShare: [0.74, 0.5], isDwelling: false },
  grey: { wall: '#a9a69e', frame: '#d5d3cd', glass: '#46525a', windowShare: [0.46, 0.5], isDwelling: true },
} satisfies Record<string, FacadeStyle>

/** Metres of one window bay and of one floor. */
const BAY_M = 3.4
const FLOOR_M = 3.1

export interface HouseOptions {
  style: keyof typeof FACADES
  /** Width (x), height, depth (z), metres. */
  size: [number, number, number]
  /** Centre of the ground plan. */
  at: [number, number]
  seed?: number
  /** Height at which the windows begin: above shops. */
  baseM?: number
}

export function house(stage: Stage, options: HouseOptions): void {
  const { size, at, seed = Math.round(at[0] * 7 + at[1] * 3), baseM = 0 } = options
  const style: FacadeStyle = FACADES[options.style]
  const floors = Math.max(1, Math.round((size[1] - baseM) / FLOOR_M))
  const side = (lengthM: number, offset: number) => {
    const bays = Math.max(1, Math.round(lengthM / BAY_M))
    const map = facade(style, bays, floors, seed + offset, false)
    if (!stage.isNight) return new THREE.MeshLambertMaterial({ map })
    const emissiveMap = facade(style, bays, floors, seed + offset, true)
    return new THREE.MeshLambertMaterial({ map, emissiveMap, emissive: '#ffffff', emissiveIntensity: 0.9 })
  }
  const roof = matt('#8f8c86')
  const [wide, deep] = [side(size[0], 1), side(size[2], 2)]
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(size[0], size[1] - baseM, size[2]), [
    deep,
    deep,
    roof,
    roof,
    wide,
    wide,
  ])
  mesh.position.set(at[0], baseM + (size[1] - baseM) / 2, at[1])
  mesh.castShadow = true
  mesh.receiveShadow = true
  stage.add(mesh)
  const wall = matt(style.wall)
  stage.add(block([size[0] + 0.3, 0.9, size[2] + 0.3], [at[0], size[1], at[1]], wall))
  const chance = seeded(seed)
  for (let i = 0; i < 3; i++) {
    const x = at[0] + (chance() - 0.5) * size[0] * 0.7
    stage.add(block([1.5 + chance() * 2, 1.5 + chance() * 1.8, 1.5 + chance() * 2], [x, size[1] + 0.4, at[1]], wall))
  }
}

const SHOP_WORDS = [
  '便利店',
  '药房',
  '水果',
  '面馆',
  '茶饮',
  '理发',
  '五金',
  '书店',
  '早餐',
  '粮油',
  '干洗',
  '花店',
  '手机',
  '超市',
]
const SHOP_COLOURS: [string, string][] = [
  ['#b3261e', '#ffe9b0'],
  ['#1f5f3a', '#ffffff'],
  ['#f3c53c', '#3b2a10'],
  ['#20539b', '#ffffff'],
  ['#e8e4da', '#9a2c20'],
  ['#5a2f6b', '#fbe7ff'],
  ['#d9652b', '#fff6e8'],
]

/** Shops along the x axis (facing +z or -z) or the z axis (facing ±x). */
export function shops(
  stage: Stage,
  from: [number, number],
  lengthM: number,
  facing: '+z' | '-z' | '+x' | '-x',
  seed: number,
): void {
  const chance = seeded(seed)
  const unitM = 4.2
  const alongX = facing.endsWith('z')
  const outward = facing.startsWith('+') ? 1 : -1
  const turn = { '+z': 0, '-z': Math.PI, '+x': Math.PI / 2, '-x': -Math.PI / 2 }[facing]
  for (let i = 0; (i + 1) * unitM <= lengthM + 0.1; i++) {
    const middle = (i + 0.5) * unitM
    const [x, z] = alongX ? [from[0] + middle, from[1]] : [from[0], from[1] + middle]
    const place = (out: number, y: number): [number, number, number] =>
      alongX ? [x, y, z + outward * out] : [x + outward * out, y, z]
    const size = (w: number, h: number, d: number): [number, number, number] => (alongX ? [w, h, d] : [d, h, w])
    const inside = stage.isNight
      ? new THREE.MeshBasicMaterial({ color: pick(chance, ['#d8b67e', '#cfc6ac', '#e2cfa0']) })
      : matt(pick(chance, ['#39434a', '#4b5358', '#5a5348', '#2f3a40']))
    stage.add(block(size(3.5, 2.6, 0.1), place(0.06, 0.15), inside, false))
    stage.add(block(size(0.12, 2.6, 0.2), place(0.1, 0.15), matt('#c9ccce'), false))
    stage.add(block(size(0.5, 3.8, 0.3), alongX ? [x - unitM / 2, 0, z] : [x, 0, z - unitM / 2], matt('#b8b2a5')))
    const words = pick(chance, SHOP_WORDS)
    sign(stage, words, place(0.22, 3.35), [unitM - 0.5, 0.95], pick(chance, SHOP_COLOURS), turn)
    if (chance() < 0.4) {
      const awning = block(
        size(3.6, 0.08, 1.4),
        place(0.8, 2.75),
        matt(pick(chance, ['#a23b32', '#2f6b4a', '#c9b37a'])),
      )
      stage.add(awning)
    }
    if (chance() < 0.5)
      stage.add(block(size(0.9, 0.7, 0.6), place(1, 0.15), matt(pick(chance, ['#8b6f4a', '#6f8f4a', '#b0553a']))))
  }
}

/** A wall with a coping, along a line. */
export function wall(stage: Stage, x: [number, number], z: [number, number], heightM: number, colour: string): void {
  const size: [number, number, number] = [Math.max(0.25, x[1] - x[0]), heightM, Math.max(0.25, z[1] - z[0])]
  const at: [number, number, number] = [(x[0] + x[1]) / 2, 0, (z[0] + z[1]) / 2]
  stage.add(block(size, at, matt(colour)))
  stage.add(block([size[0] + 0.12, 0.12, size[2] + 0.12], [at[0], heightM, at[2]], matt('#8d8a83')))
}
