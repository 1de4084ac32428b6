import type { RoadClass } from '../../domain/roads/speeds.ts'
import { beside, simplify, spline, type Line, type Point } from './plane.ts'
import type { Terrain } from './terrain.ts'

/** A street as it is drawn, before it is cut at its crossings. */
export interface Street {
  line: Line
  class: RoadClass
  /** 0: on the ground, meets whatever it crosses; 1: grade-separated, meets only what ends on it. */
  level: 0 | 1
  oneway: boolean
  name: string | null
  nameEn: string | null
}

function street(cls: RoadClass, name: string, nameEn: string, through: Line): Street {
  return { line: spline(through, 40), class: cls, level: 0, oneway: false, name, nameEn }
}

/** Centre line of the expressway; its two carriageways and ramps are made in expressway.ts. */
export const EXPRESSWAY: Line = [
  [-300, 10300], [2450, 9880], [4950, 9620], [6800, 9900], [8200, 10050], [10700, 9250], [12850, 9650], [15300, 10250],
  [17300, 10500],
] // prettier-ignore

/**
 * The arterials, drawn by hand: they alone cross the river (four bridges below the mountains) and the railway (six places in
 * seventeen kilometres), and that is why the nearest dot on the map is so often the wrong car.
 */
export function arterials(): Street[] {
  return [
    street('primary', '滨海大道', 'Binhai Avenue', BINHAI),
    street('primary', '海湾大道', 'Haiwan Avenue', HAIWAN),
    street('primary', '北环大道', 'Beihuan Avenue', BEIHUAN),
    street('secondary', '望山路', 'Wangshan Road', [
      [2650, 2950], [2500, 4300], [2560, 5600], [2750, 7880], [2600, 8700], [2450, 9880], [2250, 10900], [2400, 11900],
    ]), // prettier-ignore
    street('primary', '银帆大道', 'Yinfan Avenue', [
      [4650, 4080], [4520, 5000], [4620, 5950], [4750, 7230], [4880, 8480], [4950, 9620], [4350, 10700],
    ]), // prettier-ignore
    street('primary', '人民大道', 'Renmin Avenue', [
      [6650, 5000], [6740, 5880], [6830, 6960], [6720, 8300], [6650, 9000], [6800, 9900], [6500, 11000],
    ]), // prettier-ignore
    street('primary', '东港大道', 'Donggang Avenue', [
      [10800, 3250], [10500, 4500], [10450, 5680], [10600, 6950], [10750, 8330], [10700, 9250], [11250, 10600], [11300, 11800],
    ]), // prettier-ignore
    street('trunk', '疏港路', 'Shugang Road', [
      [12050, 2150], [12400, 3200], [12650, 5540], [12700, 7150], [12900, 8450], [12850, 9650], [12750, 10150], [12500, 10700],
    ]), // prettier-ignore
    street('secondary', '金沙路', 'Jinsha Road', [
      [14950, 3750], [14850, 4700], [14950, 5720], [15100, 7700], [15350, 8850], [15300, 10250], [15000, 11600],
    ]), // prettier-ignore
    street('secondary', '听涛路', 'Tingtao Road', [
      [-100, 8900], [1300, 8980], [2600, 8700],
    ]), // prettier-ignore
    street('secondary', '环岬路', 'Huanjia Road', [
      [11500, 2350], [11420, 1500], [11850, 1050], [12260, 1500], [12050, 2150],
    ]), // prettier-ignore
  ]
}

const BINHAI: Line = [
  [-200, 3750], [1000, 3420], [1900, 3050], [2650, 2950], [3500, 3330], [4650, 4080], [5700, 4700], [6650, 5000],
  [7550, 4920], [8480, 4900], [9300, 4450], [10000, 3850], [10800, 3250], [11500, 2350], [12050, 2150], [12700, 2850],
  [13500, 3600], [14950, 3750], [16000, 3350], [17300, 3500],
] // prettier-ignore
const HAIWAN: Line = [
  [-200, 5350], [1300, 5450], [2560, 5600], [4620, 5950], [5700, 5900], [6740, 5880], [7800, 5800], [8930, 6000],
  [10450, 5680], [12650, 5540], [14950, 5720], [17300, 6000],
] // prettier-ignore
const BEIHUAN: Line = [
  [2600, 8700], [3700, 8620], [4880, 8480], [6720, 8300], [7900, 8700], [9150, 8620], [10750, 8330], [12900, 8450],
  [15350, 8850], [17300, 8900],
] // prettier-ignore

/** Where the expressway is entered: a point of an arterial that crosses it. */
export const INTERCHANGES: readonly Point[] = [
  [2450, 9880],
  [4950, 9620],
  [10700, 9250],
  [12850, 9650],
  [15300, 10250],
]

/** Promenades along the bay and roads on both banks of the river: they close the blocks at the water. */
export function waterfronts(terrain: Terrain): Street[] {
  const shore = (from: number, to: number): Line => beside(terrain.coast, 52).filter(([x]) => x > from && x < to)
  const bank = (side: 1 | -1): Line =>
    beside(terrain.river, (i) => side * (terrain.riverHalfWidthM(i) + 38)).filter(([, y]) => y > 4330 && y < 8750)
  return [
    waterfront('观海路', 'Guanhai Road', shore(3350, 8150)),
    waterfront('东海岸路', 'East Shore Road', shore(8900, 11_000)),
    waterfront('金沙湾路', 'Jinshawan Road', shore(13_250, 16_100)),
    waterfront('渔家路', 'Yujia Road', shore(60, 1250)),
    waterfront('沿江西路', 'Yanjiang West Road', bank(-1)),
    waterfront('沿江东路', 'Yanjiang East Road', bank(1)),
  ]
}

function waterfront(name: string, nameEn: string, line: Line): Street {
  return { line: simplify(line, 4), class: 'tertiary', level: 0, oneway: false, name, nameEn }
}
