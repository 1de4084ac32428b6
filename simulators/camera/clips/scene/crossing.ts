import { house, shops } from './buildings.ts'
import { lamp, railing, sign, trafficLight, tree } from './furniture.ts'
import { scooter, stander, walkers } from './people.ts'
import { createStage, follow, LIGHTS, type Stage } from './stage.ts'
import { arrow, dashes, ground, pavement, stripe, zebra } from './street.ts'
import { THREE } from './three-door.ts'
import { bus, car, lorry, taxi } from './vehicles.ts'

/** A crossing of two wide streets at noon, with lights that change in the middle of the loop. */
export function crossing(): Stage {
  const stage = createStage(LIGHTS.noon, [-13.5, 7.2, 17], [3, 0, -9], 62)
  ground(stage, 'concrete', [-160, 160], [-160, 60], -0.08)
  ground(stage, 'asphalt', [-150, 150], [-9, 9])
  ground(stage, 'asphalt', [-9, 9], [-150, 60], 0.004)
  for (const [x, z] of [
    [
      [-150, -11],
      [-60, -11],
    ],
    [
      [11, 150],
      [-60, -11],
    ],
    [
      [-150, -11],
      [11, 60],
    ],
    [
      [11, 150],
      [11, 60],
    ],
  ] as const) {
    pavement(stage, 'slabs', [...x], [...z])
  }
  for (const side of [-1, 1]) {
    stripe(stage, [side * 15, 0.14], [side * 150, 0.14], 0.13, '#d9a92f')
    stripe(stage, [side * 15, -0.14], [side * 150, -0.14], 0.13, '#d9a92f')
    stripe(stage, [0.14, side * 15], [0.14, side * 150], 0.13, '#d9a92f')
    stripe(stage, [-0.14, side * 15], [-0.14, side * 150], 0.13, '#d9a92f')
    for (const lane of [-3.1, 3.1, -6, 6]) {
      dashes(stage, [side * 16, lane], [side * 110, lane])
      dashes(stage, [lane, side * 16], [lane, side * 110])
    }
    zebra(stage, [-8.8, 8.8], side < 0 ? [-13.8, -10.2] : [10.2, 13.8], 'x')
    zebra(stage, side < 0 ? [-13.8, -10.2] : [10.2, 13.8], [-8.8, 8.8], 'z')
  }
  stripe(stage, [-14.8, 0.3], [-14.8, 8.8], 0.35)
  stripe(stage, [14.8, -0.3], [14.8, -8.8], 0.35)
  stripe(stage, [0.3, -14.8], [-8.8, -14.8], 0.35)
  arrow(stage, -4.6, -19, 1)
  arrow(stage, 4.6, -19, -1)
  const green = () => true
  trafficLight(stage, 11.6, -12.4, 5, green)
  trafficLight(stage, -11.6, -12.4, -7.6, green)
  house(stage, { style: 'office', size: [34, 40, 26], at: [34, -40], seed: 3 })
  house(stage, { style: 'glass', size: [30, 62, 26], at: [-36, -62], seed: 4 })
  house(stage, { style: 'cream', size: [24, 27, 16], at: [-32, -30], seed: 12, baseM: 4.4 })
  house(stage, { style: 'tile', size: [20, 34, 16], at: [62, -78], seed: 13 })
  house(stage, { style: 'grey', size: [28, 30, 16], at: [30, -96], seed: 14 })
  house(stage, { style: 'pink', size: [22, 24, 14], at: [-26, -108], seed: 15 })
  house(stage, { style: 'brick', size: [26, 18, 18], at: [72, -34], seed: 16 })
  shops(stage, [-43, -21.8], 22, '+z', 21)
  sign(stage, '人民银行', [34, 6, -26.8], [14, 2], ['#8c1f1a', '#f2d58a'])
  for (const [x, z] of [
    [-15, -15],
    [-15, -26],
    [-15.5, -38],
    [15, -16],
    [15, -28],
    [15.4, -42],
    [24, -14],
    [34, -14],
    [46, -14],
    [-26, -14.5],
    [-38, -14.5],
  ] as const)
    tree(stage, x, z, 7.5)
  lamp(stage, 12.2, -20, 8.5)
  lamp(stage, -12.2, -36, -8.5)
  railing(stage, [13, -11.8], [44, -11.8], 0.95)
  crossingTraffic(stage)
  return stage
}

function crossingTraffic(stage: Stage): void {
  const south = (x: number, object: THREE.Object3D, phase: number) =>
    follow(
      stage,
      object,
      [
        [x, -76],
        [x, 40],
      ],
      { phase },
    )
  const north = (x: number, object: THREE.Object3D, phase: number) =>
    follow(
      stage,
      object,
      [
        [x, 40],
        [x, -76],
      ],
      { phase },
    )
  north(4.6, car('#e4e6e6'), 0.1)
  north(4.6, car('#7d2f2c', { kind: 'suv' }), 0.62)
  north(7.4, bus('#2f8f5b'), 0.33)
  north(7.4, car('#35506f'), 0.85)
  south(-4.6, taxi(), 0.02)
  south(-4.6, car('#3a4148', { kind: 'suv' }), 0.4)
  south(-7.4, car('#a83a32'), 0.2)
  south(-7.4, car('#c9ccd0', { kind: 'van' }), 0.72)
  scooter(
    stage,
    '#d0a72c',
    { top: '#e0b02c', legs: '#2d2f36' },
    [
      [8.9, 34],
      [8.9, -50],
    ],
    { phase: 0.55 },
  )
  scooter(
    stage,
    '#4f7fae',
    { top: '#5a5f66', legs: '#2d2f36' },
    [
      [-8.8, -50],
      [-8.8, 34],
    ],
    { phase: 0.9 },
  )
  // The cross street has red: its cars stand, and people walk in front of them.
  const waiting: [THREE.Object3D, number, number, 1 | -1][] = [
    [car('#dfe2e3', { kind: 'suv' }), -18, 2, 1],
    [car('#2c4a6e'), -18.4, 5.2, 1],
    [taxi(), 18, -2.2, -1],
    [car('#27405f'), 18.2, -5.2, -1],
    [lorry('#3f6fa8', '#d5d2c6'), 25, -2.2, -1],
    [car('#d3d6d8'), 25.6, -5.2, -1],
    [taxi(), 33, -2.2, -1],
  ]
  for (const [object, x, z, heading] of waiting) {
    object.position.set(x, 0, z)
    object.rotation.y = (heading * Math.PI) / 2
    stage.add(object)
  }
  walkers(stage, { top: '#d9d3c4', legs: '#39465a' }, [
    [12.2, -72],
    [12.2, 30],
  ])
  walkers(stage, { top: '#7f4a56', legs: '#2d2f36' }, [
    [-12.2, 30],
    [-12.2, -72],
  ])
  walkers(stage, { top: '#4a6f8a', legs: '#33343a' }, [
    [90, -13.2],
    [14.5, -13.6],
    [14, -70],
  ])
  walkers(stage, { top: '#a87f4a', legs: '#3d3a36' }, [
    [-14, -80],
    [-14, -16],
    [-70, -15],
  ])
  stander(stage, { top: '#c7d23a', legs: '#23303f' }, 14.2, -9.6, -0.8)
}
