import { house, wall } from './buildings.ts'
import { clutter, sign, tree } from './furniture.ts'
import { scooter, stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { ground, stripe } from './street.ts'
import { THREE } from './three-door.ts'
import { car, lorry } from './vehicles.ts'

/** A village road under clouds. */
export function village(): Stage {
  const stage = createStage(LIGHTS.overcast, [-6, 5.6, 15], [1.5, 0.3, -11], 58)
  ground(stage, 'grass', [-150, 150], [-160, 60], -0.06)
  ground(stage, 'concrete', [-3.2, 3.2], [-160, 60], 0.02)
  ground(stage, 'earth', [3.2, 9], [-26, -4], 0.012)
  ground(stage, 'earth', [-11, -3.2], [-44, 10], 0.012)
  stripe(stage, [-2.9, 50], [-2.9, -150], 0.1)
  stripe(stage, [2.9, 50], [2.9, -150], 0.1)
  fields(stage)
  const plots = [
    [-13.5, -12, 9, 9.6],
    [-14, -26, 10, 6.6],
    [-13.6, -40, 9, 9.9],
    [13, -34, 10, 9.4],
    [14, -50, 10, 12.6],
    [-14, -56, 10, 9.4],
    [13.6, -68, 10, 9.6],
    [-13, -74, 10, 12.4],
  ] as const
  plots.forEach(([x, z, w, h], i) =>
    house(stage, {
      style: (['tile', 'brick', 'cream', 'pink'] as const)[i % 4]!,
      size: [w, h, 10],
      at: [x, z],
      seed: 100 + i,
    }),
  )
  wall(stage, [-9, -8.8], [-18, -7], 1.5, '#b4aa98')
  wall(stage, [8.2, 8.4], [-40, -28], 1.5, '#b9ae9c')
  sign(stage, '村委会', [8.9, 3.4, -11], [3.6, 1], ['#e8e2d2', '#a3271e'], -0.9)
  house(stage, { style: 'cream', size: [9, 6.6, 9], at: [14.5, -14], seed: 120 })
  tree(stage, 6.4, -6.5, 9.5, 'banyan', 2)
  for (const [x, z, h] of [
    [-6.4, -20, 6],
    [-6.6, -33, 6.4],
    [6.2, -27, 6],
    [6.4, -43, 6.6],
    [-6.4, -48, 6],
    [5.8, -58, 6.4],
    [-26, -50, 9],
    [30, -60, 10],
    [40, -50, 9],
    [-34, -70, 10],
  ] as const)
    tree(stage, x, z, h, 'camphor', 4)
  for (let i = 0; i < 5; i++) {
    const z = 2 - i * 24
    stage.add(
      block([0.26, 8.5, 0.26], [-4.6, 0, z], matt('#9b968c')),
      block([1.8, 0.12, 0.12], [-4.6, 7.9, z], matt('#6a665e')),
    )
    if (i > 0)
      for (const dx of [-0.8, 0.8])
        stage.add(block([0.025, 0.025, 24], [-4.6 + dx, 7.7, z + 12], matt('#3a3a38'), false))
  }
  clutter(
    stage,
    [
      [7.6, -18],
      [8.2, -19.5],
      [-8, -4],
    ],
    9,
  )
  const cart = lorry('#4a6f4a', '#7d8a6a')
  cart.position.set(6.3, 0, -17)
  cart.rotation.y = 0.3
  stage.add(cart)
  follow(
    stage,
    car('#cfd2d2', { kind: 'van' }),
    [
      [1.4, 28],
      [1.4, -62],
    ],
    { phase: 0.2 },
  )
  scooter(
    stage,
    '#9a3a33',
    { top: '#5f6f7a', legs: '#33343a' },
    [
      [-1.5, -50],
      [-1.5, 24],
    ],
    { phase: 0.65 },
  )
  scooter(
    stage,
    '#3a6a9a',
    { top: '#b0884a', legs: '#33343a' },
    [
      [1.8, 24],
      [1.8, -50],
    ],
    { phase: 0.8 },
  )
  walkers(
    stage,
    { top: '#7a8a9a', legs: '#3a3f48' },
    [
      [-2.2, 17],
      [-2.3, -20],
      [-2.2, -80],
    ],
    [],
  )
  stander(stage, { top: '#8a6f5a', legs: '#3a3a40' }, 5, -9.2, -0.4)
  stander(stage, { top: '#5a7f8f', legs: '#3a3a40' }, 6.2, -9.6, -1.4)
  stander(stage, { top: '#c9a05a', legs: '#4a4f5a', heightM: 1.1 }, 4.4, -10.4, 0.8)
  return stage
}

function fields(stage: Stage): void {
  for (let i = 0; i < 9; i++) ground(stage, i % 2 ? 'earth' : 'grass', [22 + i * 3, 24.4 + i * 3], [-60, 10], 0.02)
  for (let i = 0; i < 9; i++) ground(stage, i % 2 ? 'grass' : 'earth', [-52 + i * 3, -49.6 + i * 3], [-80, 10], 0.02)
  const hill = (x: number, z: number, r: number) => {
    const mesh = new THREE.Mesh(new THREE.SphereGeometry(r, 24, 12), matt('#6f8467'))
    mesh.position.set(x, -r * 0.62, z)
    stage.add(mesh)
  }
  hill(-60, -190, 70)
  hill(30, -210, 90)
  hill(110, -180, 60)
}
