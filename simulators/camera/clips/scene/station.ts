import { house } from './buildings.ts'
import { bollards, hedge, lamp, railing, sign, tree } from './furniture.ts'
import { stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { ground, stripe } from './street.ts'
import { THREE } from './three-door.ts'
import { bus, car, policeCar, taxi } from './vehicles.ts'

/** The forecourt of a railway station. */
export function station(): Stage {
  const stage = createStage(LIGHTS.overcast, [-14, 7.4, 20], [2, 0.8, -14], 58)
  ground(stage, 'plaza', [-90, 90], [-46, 8])
  ground(stage, 'asphalt', [-120, 120], [8, 26], 0.02)
  ground(stage, 'asphalt', [14, 44], [-14, 8], 0.02)
  for (let i = 0; i < 7; i++) stripe(stage, [16 + i * 3.6, -13], [16 + i * 3.6, -7.4], 0.12)
  stage.add(block([84, 15, 14], [0, 0, -54], matt('#d6d2c8')), block([88, 1.6, 20], [0, 15, -53], matt('#8d9498')))
  stage.add(block([84, 0.6, 7], [0, 5.6, -44.5], matt('#9aa1a5')))
  for (let i = 0; i < 13; i++) stage.add(block([0.9, 15, 0.9], [-42 + i * 7, 0, -46.6], matt('#c3beb2')))
  const glass = new THREE.MeshPhongMaterial({ color: '#4a6b7c', shininess: 100, specular: '#9fb4bf' })
  for (let i = 0; i < 12; i++)
    stage.add(
      block([5.6, 7.4, 0.3], [-38.5 + i * 7, 6.6, -46.9], glass),
      block([5.6, 4.6, 0.3], [-38.5 + i * 7, 0.2, -46.9], glass),
    )
  sign(stage, '火 车 站', [0, 18.6, -46], [17, 3.4], ['#d6d2c8', '#a3211a'])
  const clockFace = new THREE.Mesh(new THREE.CircleGeometry(1.6, 28), matt('#f4f2ea'))
  clockFace.position.set(15, 18.6, -45.9)
  stage.add(
    clockFace,
    block([0.14, 1.2, 0.1], [15, 18.6, -45.8], matt('#222')),
    block([0.8, 0.14, 0.1], [15.4, 18.55, -45.8], matt('#222')),
  )
  house(stage, { style: 'office', size: [26, 48, 20], at: [-66, -70], seed: 130 })
  house(stage, { style: 'glass', size: [24, 56, 20], at: [66, -76], seed: 131 })
  for (const [x, z] of [
    [-34, -26],
    [-34, -16],
    [-34, -6],
    [36, -30],
    [44, -30],
    [52, -28],
    [-24, -38],
    [27, -38],
  ] as const)
    tree(stage, x, z, 7)
  hedge(stage, [-32, -31], [-32, -3], 0.8)
  railing(stage, [-6, -30], [-6, -42], 1.05, '#b9bec2')
  railing(stage, [6, -30], [6, -42], 1.05, '#b9bec2')
  bollards(stage, [-28, 7], [13, 7], 16, '#b0b3b4')
  lamp(stage, -20, -12, -18, 9)
  lamp(stage, 12.6, -18, 11, 9)
  const ranks = [taxi(), taxi(), taxi(), taxi(), car('#3a3f46', { kind: 'van' })]
  ranks.forEach((cab, i) => {
    cab.position.set(17.8 + i * 3.6, 0, -10.2)
    cab.rotation.y = Math.PI
    stage.add(cab)
  })
  const parked = policeCar()
  parked.position.set(-15, 0, -20)
  parked.rotation.y = 0.9
  stage.add(parked)
  follow(
    stage,
    bus('#2f8f5b'),
    [
      [-36, 14],
      [46, 14],
    ],
    { phase: 0.5 },
  )
  follow(
    stage,
    taxi(),
    [
      [60, 11],
      [42, 9],
      [37, 2],
      [22, 1],
      [-6, 11],
      [-38, 12],
    ],
    { phase: 0.2 },
  )
  const crowd = [
    ['#c9cdd2', '#37465c', '#2f3f5a'],
    ['#8a4a52', '#2c2d33', '#6a4a3a'],
    ['#4f6f5a', '#3a3a40', '#a8553a'],
    ['#d8b98a', '#46526a', '#3a3a3a'],
    ['#5a5f86', '#33343a', '#7a7a4a'],
    ['#b8b2a4', '#4a4a52', '#2f5a4a'],
  ] as const
  const ways: [number, number][][] = [
    [
      [-4, -44],
      [-3, -28],
      [-8, -10],
      [-12, 6.5],
    ],
    [
      [-1.5, -44],
      [0, -28],
      [2, -10],
      [4, 6.5],
    ],
    [
      [2, -44],
      [4, -26],
      [10, -12],
      [15, -5],
      [30, -5],
    ],
    [
      [8, 6.5],
      [6, -12],
      [3.6, -30],
      [4, -45],
    ],
    [
      [-24, 6.5],
      [-14, -14],
      [-4.6, -30],
      [-4.4, -45],
    ],
    [
      [-60, -14],
      [-20, -26],
      [-2, -32],
      [-1, -45],
    ],
  ]
  ways.forEach((way, i) => walkers(stage, { top: crowd[i]![0], legs: crowd[i]![1], bag: crowd[i]![2] }, way))
  for (const [x, z, turn] of [
    [-10, -6, 0.3],
    [-9, -6.6, -1.2],
    [9, -20, 2],
    [14, -15.5, 0.4],
    [-17, -9, 1],
  ] as const)
    stander(stage, { top: '#7a6a5a', legs: '#33343a', bag: '#23364a' }, x, z, turn)
  stander(stage, { top: '#1d2a44', legs: '#1d2a44', hair: '#16202f' }, -12.6, -19, 0.5)
  return stage
}
