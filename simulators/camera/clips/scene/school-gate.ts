import { house, wall } from './buildings.ts'
import { bollards, hedge, lamp, railing, sign, tree } from './furniture.ts'
import { scooter, stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { dashes, ground, pavement, stripe, zebra } from './street.ts'
import { car, policeCar, taxi } from './vehicles.ts'
import { THREE } from './three-door.ts'

const PUPIL = { top: '#eef0ee', legs: '#22406e', bag: '#c23b2e', heightM: 1.35 }

const PUPIL_B = { top: '#eef0ee', legs: '#22406e', bag: '#2e6fb0', heightM: 1.28 }

/** A school gate in the morning: pupils, a guard, a zebra. */
export function schoolGate(): Stage {
  const stage = createStage(LIGHTS.morning, [-7.5, 6.2, 13], [2.5, 0.6, -7], 56)
  ground(stage, 'asphalt', [-80, 80], [-2, 9])
  ground(stage, 'grass', [-80, 80], [-90, -20])
  pavement(stage, 'slabs', [-80, 80], [-12, -2])
  pavement(stage, 'red-slabs', [-80, 80], [9, 20])
  ground(stage, 'plaza', [-7, 9], [-60, -11.8], 0.17)
  dashes(stage, [-70, 3.4], [-4, 3.4], 2.5, 3.5)
  dashes(stage, [5.5, 3.4], [70, 3.4], 2.5, 3.5)
  stripe(stage, [-70, -1.5], [70, -1.5], 0.14, '#d9b13c')
  stripe(stage, [-70, 8.5], [70, 8.5], 0.14)
  zebra(stage, [-2.5, 3.5], [-1.6, 8.6], 'z')
  // The gate: two pillars, a sliding gate half open, a guard's hut.
  for (const x of [-7, 9])
    stage.add(
      block([1.2, 4.4, 1.2], [x, 0.15, -12], matt('#b98a5e')),
      block([1.5, 0.3, 1.5], [x, 4.5, -12], matt('#8f6a48')),
    )
  sign(stage, '平安校园', [1, 5.8, -11.8], [9, 1.5], ['#8c1f1a', '#f6d98a'])
  stage.add(block([17, 0.5, 1], [1, 4.45, -12], matt('#c9b08a')))
  railing(stage, [3, -12.2], [9, -12.2], 1.5, '#b9bec2', 0.35)
  wall(stage, [-60, -7.8], [-12.2, -11.9], 2.1, '#dcd2bd')
  wall(stage, [13.4, 70], [-12.2, -11.9], 2.1, '#dcd2bd')
  stage.add(
    block([3.4, 2.8, 3], [11.6, 0.15, -12.4], matt('#e6e0d0')),
    block([3.8, 0.25, 3.6], [11.6, 2.95, -12.4], matt('#8a3f34')),
  )
  stage.add(block([2.2, 1, 0.1], [11.4, 1.35, -10.86], matt('#3c4d57')))
  house(stage, { style: 'school', size: [44, 15.5, 11], at: [4, -46], seed: 5 })
  house(stage, { style: 'school', size: [11, 12.4, 30], at: [-26, -34], seed: 6 })
  house(stage, { style: 'pink', size: [20, 25, 14], at: [46, -38], seed: 8 })
  house(stage, { style: 'tile', size: [18, 31, 14], at: [-58, -40], seed: 9 })
  const pole = block([0.12, 11, 0.12], [1, 0.2, -30], matt('#c8cccf'))
  const flag = new THREE.Mesh(
    new THREE.PlaneGeometry(2.4, 1.6),
    new THREE.MeshLambertMaterial({ color: '#c8221c', side: THREE.DoubleSide }),
  )
  flag.position.set(2.2, 10.3, -30)
  stage.add(pole)
  stage.addMoving(flag)
  stage.moves.push((t) => (flag.rotation.y = Math.sin(t * Math.PI * 4) * 0.25))
  for (const [x, z, h] of [
    [-14, -8, 7],
    [-23, -8.5, 7.6],
    [17, -8, 7.2],
    [26, -8.3, 7.8],
    [36, -8, 7],
    [-11, -22, 6.5],
    [14, -24, 7],
  ] as const)
    tree(stage, x, z, h)
  hedge(stage, [-8, -14], [-8, -28], 0.9)
  bollards(stage, [-5.5, -2.6], [7.5, -2.6], 9, '#c9a53a')
  lamp(stage, 20, -2.6, 17.5)
  sign(stage, '学校 慢行', [-9.2, 3.1, -2.7], [2.4, 0.8], ['#f2c230', '#1c1c1c'], -0.35)
  stage.add(block([0.12, 2.8, 0.12], [-9.2, 0, -2.8], matt('#7c8287')))
  schoolGatePeople(stage)
  return stage
}

function schoolGatePeople(stage: Stage): void {
  walkers(stage, PUPIL, [
    [-46, -6.2],
    [-18, -6],
    [-5, -7],
    [-1, -12],
    [-1, -45],
  ])
  walkers(stage, PUPIL_B, [
    [50, -5],
    [20, -5.4],
    [8, -6.5],
    [1.6, -11],
    [1.2, -44],
  ])
  walkers(stage, { ...PUPIL, bag: '#3f8f5a' }, [
    [48, -8.4],
    [22, -8.2],
    [9, -8.6],
    [2.2, -13],
    [2.4, -42],
  ])
  // A pair every 10.4 m: between 0.53 and 0.9 of the loop nobody stands in front of the cars.
  walkers(stage, { top: '#5a6f8c', legs: '#2d2f36' }, [
    [-0.4, 14.4],
    [-0.2, 3],
    [0.4, -6],
    [-3, -45],
  ])
  walkers(stage, PUPIL, [
    [-1.1, 14.6],
    [-0.9, 3],
    [-0.3, -6],
    [-3.8, -45],
  ])
  stander(stage, { top: '#1d2a44', legs: '#1d2a44', hair: '#16202f' }, 5.2, -4.2, 0.4)
  stander(stage, { top: '#c9d43a', legs: '#26303c', hair: '#e0652a' }, -3.6, -2.9, 1.4)
  stander(stage, { top: '#b5545a', legs: '#3a3a42' }, -9.5, -6.5, 1.2)
  stander(stage, { top: '#7a8f6a', legs: '#444a52' }, -10.4, -5.7, 2.0)
  follow(
    stage,
    car('#d8dcde'),
    [
      [38, 1],
      [-26, 1],
    ],
    { phase: 0, pace: slowAtZebra },
  )
  follow(
    stage,
    taxi(),
    [
      [40, 1],
      [-26, 1],
    ],
    { phase: 0.79, pace: slowAtZebra },
  )
  follow(
    stage,
    car('#8d2f2b', { kind: 'suv' }),
    [
      [-26, 6],
      [36, 6],
    ],
    { phase: 0.84, pace: slowAtZebra },
  )
  scooter(
    stage,
    '#2f7f86',
    { top: '#6a5a86', legs: '#2b2b33' },
    [
      [-26, 7.7],
      [34, 7.7],
    ],
    { phase: 0.13 },
  )
  const parked = policeCar()
  parked.position.set(15, 0, -0.6)
  parked.rotation.y = -Math.PI / 2
  stage.add(parked)
}

function slowAtZebra(u: number): number {
  return u + 0.08 * Math.sin(u * Math.PI * 2)
}
