import { house, shops } from './buildings.ts'
import { lamp, railing, sign, trafficLight, tree } from './furniture.ts'
import { crosser, scooter, stander, walkers } from './people.ts'
import { createStage, follow, LIGHTS, type Stage } from './stage.ts'
import { arrow, dashes, ground, pavement, stripe, zebra } from './street.ts'
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
  const green = (t: number) => t < 0.5
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
  // Along the street: green in the first half of the loop; the cars of the cross street wait, then go.
  const early = (from: number) => ({ pace: (u: number) => Math.min(1, Math.max(0, (u - from) / 0.56)) })
  follow(
    stage,
    car('#e4e6e6'),
    [
      [4.6, 40],
      [4.6, -120],
    ],
    early(0),
  )
  follow(
    stage,
    bus('#2f8f5b'),
    [
      [7.4, 52],
      [7.4, -130],
    ],
    early(0.05),
  )
  follow(
    stage,
    taxi(),
    [
      [-4.6, -120],
      [-4.6, 45],
    ],
    early(0.02),
  )
  follow(
    stage,
    car('#3a4148', { kind: 'suv' }),
    [
      [-4.6, -100],
      [-4.6, 60],
    ],
    early(0.14),
  )
  follow(
    stage,
    car('#a83a32'),
    [
      [-7.4, -125],
      [-7.4, 50],
    ],
    early(0.1),
  )
  const standThenGo = (lead: number) => (u: number) => {
    const went = Math.max(0, u - 0.52 - lead) / 0.48
    return u < 0.06 ? (0.3 * u) / 0.06 : 0.3 + 0.7 * Math.min(1, went * went * 1.4)
  }
  follow(
    stage,
    car('#c9ccd0', { kind: 'suv' }),
    [
      [-48, 2],
      [-16.6, 2],
      [90, 2],
    ],
    { pace: standStill(standThenGo(0), 31.4 / 138) },
  )
  follow(
    stage,
    taxi(),
    [
      [60, -2.2],
      [17.4, -2.2],
      [-90, -2.2],
    ],
    { pace: standStill(standThenGo(0.01), 42.6 / 150) },
  )
  follow(
    stage,
    car('#27405f'),
    [
      [66, -5],
      [17.4, -5],
      [-95, -5],
    ],
    { pace: standStill(standThenGo(0.03), 48.6 / 161) },
  )
  follow(
    stage,
    lorry('#3f6fa8', '#d5d2c6'),
    [
      [74, -2.2],
      [24.6, -2.2],
      [-95, -2.2],
    ],
    { pace: standStill(standThenGo(0.05), 49.4 / 169) },
  )
  scooter(
    stage,
    '#d0a72c',
    { top: '#e0b02c', legs: '#2d2f36' },
    [
      [8.6, 34],
      [8.6, -70],
    ],
    early(0.08),
  )
  scooter(
    stage,
    '#4f7fae',
    { top: '#5a5f66', legs: '#2d2f36' },
    [
      [-8.5, -70],
      [-8.5, 34],
    ],
    early(0.2),
  )
  // People walk with the green of their street.
  crosser(
    stage,
    { top: '#d9d3c4', legs: '#39465a' },
    [
      [12.2, -22],
      [12.2, 2],
    ],
    { phase: 0 },
  )
  crosser(
    stage,
    { top: '#7f4a56', legs: '#2d2f36' },
    [
      [-12.6, -30],
      [-12, -14],
      [-12, -1],
    ],
    { phase: 0.9 },
  )
  walkers(stage, { top: '#4a6f8a', legs: '#33343a' }, [
    [90, -13.2],
    [13, -13.2],
    [13, -70],
  ])
  walkers(stage, { top: '#a87f4a', legs: '#3d3a36' }, [
    [-13, -80],
    [-13, -13.4],
    [-70, -13.4],
  ])
  stander(stage, { top: '#c7d23a', legs: '#23303f' }, 12.4, -9.6, -0.8)
}

function standStill(pace: (u: number) => number, lineShare: number): (u: number) => number {
  return (u) => {
    const p = pace(u)
    return p <= 0.3 ? (p / 0.3) * lineShare : lineShare + ((p - 0.3) / 0.7) * (1 - lineShare)
  }
}
