import type { Site } from '../../domain/site.ts'
import type { Point } from './plane.ts'

/** A place to protect: where it should stand; it takes the nearest block that suits. */
export interface SitePlan {
  kind: Site['kind']
  name: string
  nameEn: string
  near: Point
  /** What its camera shows; without one it has no camera. */
  scene?: 'station' | 'square' | 'shop-street' | 'night-street' | 'crossing'
  ptz?: boolean
  hasButton: boolean
}

const school = (name: string, nameEn: string, near: Point): SitePlan => ({
  kind: 'school',
  name,
  nameEn,
  near,
  hasButton: true,
})

const kindergarten = (name: string, nameEn: string, near: Point): SitePlan => ({
  ...school(name, nameEn, near),
  kind: 'kindergarten',
})

export const SCHOOLS: readonly SitePlan[] = [
  school('海湾实验小学', 'Haiwan Experimental Primary School', [6300, 5500]),
  school('海湾中学', 'Haiwan High School', [7350, 6350]),
  school('滨海小学', 'Binhai Primary School', [7900, 5350]),
  school('银帆学校', 'Yinfan School', [5300, 5200]),
  school('东港小学', 'Donggang Primary School', [10050, 5100]),
  school('东港中学', 'Donggang High School', [11300, 5900]),
  school('西浦小学', 'Xipu Primary School', [3300, 4700]),
  school('西浦中学', 'Xipu High School', [4000, 6200]),
  school('北岭小学', 'Beiling Primary School', [5900, 9150]),
  school('北岭学校', 'Beiling School', [7000, 8800]),
  school('金沙湾小学', 'Jinshawan Primary School', [15400, 4900]),
  school('科苑学校', 'Keyuan School', [13700, 5900]),
  school('望山小学', 'Wangshan Primary School', [2100, 9150]),
]

export const KINDERGARTENS: readonly SitePlan[] = [
  kindergarten('星海幼儿园', 'Xinghai Kindergarten', [6850, 5150]),
  kindergarten('小帆船幼儿园', 'Little Sail Kindergarten', [9750, 5600]),
  kindergarten('彩贝幼儿园', 'Rainbow Shell Kindergarten', [4350, 4850]),
  kindergarten('金沙湾幼儿园', 'Jinshawan Kindergarten', [14700, 4500]),
]

export const OTHERS: readonly SitePlan[] = [
  { kind: 'government', name: '海湾区政府', nameEn: 'Haiwan District Government', near: [6950, 5650], scene: 'square', ptz: true, hasButton: true },
  { kind: 'government', name: '市民服务中心', nameEn: 'Civic Service Centre', near: [6550, 6050], scene: 'square', ptz: true, hasButton: true },
  { kind: 'government', name: '东港街道办事处', nameEn: 'Donggang Subdistrict Office', near: [10700, 5350], scene: 'square', hasButton: true },
  { kind: 'hospital', name: '海湾区人民医院', nameEn: 'Haiwan People’s Hospital', near: [6100, 6250], scene: 'crossing', hasButton: true },
  { kind: 'hospital', name: '东港医院', nameEn: 'Donggang Hospital', near: [11000, 4700], scene: 'crossing', hasButton: true },
  { kind: 'hospital', name: '金沙湾卫生院', nameEn: 'Jinshawan Clinic', near: [15100, 5200], scene: 'crossing', hasButton: true },
  { kind: 'bank', name: '望月银行总部', nameEn: 'Wangyue Bank Head Office', near: [7100, 5850], scene: 'shop-street', hasButton: true },
  { kind: 'bank', name: '望月银行东港支行', nameEn: 'Wangyue Bank, Donggang', near: [10400, 5000], scene: 'shop-street', hasButton: true },
  { kind: 'bank', name: '澄江银行西浦支行', nameEn: 'Chengjiang Bank, Xipu', near: [3700, 5300], scene: 'shop-street', hasButton: true },
  { kind: 'bank', name: '澄江银行北岭支行', nameEn: 'Chengjiang Bank, Beiling', near: [6350, 9050], hasButton: true },
  { kind: 'station', name: '海湾火车站', nameEn: 'Haiwan Railway Station', near: [6350, 6650], scene: 'station', ptz: true, hasButton: true },
  { kind: 'station', name: '滨海客运站', nameEn: 'Binhai Coach Station', near: [4900, 6700], scene: 'station', ptz: true, hasButton: true },
  { kind: 'station', name: '渔港码头', nameEn: 'Yugang Pier', near: [11400, 2800], scene: 'station', hasButton: true },
  { kind: 'shop', name: '海湾广场', nameEn: 'Haiwan Plaza', near: [7300, 5450], scene: 'shop-street', hasButton: true },
  { kind: 'shop', name: '银帆商场', nameEn: 'Yinfan Mall', near: [4900, 5750], scene: 'shop-street', hasButton: true },
  { kind: 'shop', name: '老渔街市场', nameEn: 'Old Fish Street Market', near: [7700, 5150], scene: 'night-street', hasButton: true },
  { kind: 'shop', name: '东港夜市', nameEn: 'Donggang Night Market', near: [9950, 4600], scene: 'night-street', hasButton: false },
  { kind: 'police', name: '海湾派出所', nameEn: 'Haiwan Police Station', near: [6600, 5750], hasButton: false },
  { kind: 'police', name: '东港派出所', nameEn: 'Donggang Police Station', near: [10850, 5500], hasButton: false },
  { kind: 'police', name: '西浦派出所', nameEn: 'Xipu Police Station', near: [3500, 5650], hasButton: false },
  { kind: 'police', name: '北岭派出所', nameEn: 'Beiling Police Station', near: [6550, 8750], hasButton: false },
  { kind: 'police', name: '金沙湾派出所', nameEn: 'Jinshawan Police Station', near: [14900, 4950], hasButton: false },
  { kind: 'police', name: '科苑派出所', nameEn: 'Keyuan Police Station', near: [13200, 6200], hasButton: false },
] // prettier-ignore

/** Cameras that belong to no site: looking at a crossing, the river, a village. */
export const STREET_CAMERAS: readonly { name: string; scene: string; near: Point; ptz: boolean }[] = [
  { name: '人民大道—海湾大道路口', scene: 'crossing', near: [6740, 5880], ptz: true },
  { name: '银帆大道—海湾大道路口', scene: 'crossing', near: [4620, 5950], ptz: true },
  { name: '东港大道—海湾大道路口', scene: 'crossing', near: [10450, 5680], ptz: true },
  { name: '人民大道—北环大道路口', scene: 'crossing', near: [6720, 8300], ptz: false },
  { name: '疏港路—海湾大道路口', scene: 'crossing', near: [12650, 5540], ptz: false },
  { name: '滨海大道—银帆大道路口', scene: 'crossing', near: [4650, 4080], ptz: false },
  { name: '澄江西岸(海湾大桥)', scene: 'riverside', near: [8650, 5980], ptz: true },
  { name: '澄江东岸(滨海大桥)', scene: 'riverside', near: [8750, 4750], ptz: false },
  { name: '银滩海滨', scene: 'riverside', near: [5600, 4600], ptz: true },
  { name: '金沙滩海滨', scene: 'riverside', near: [14900, 3750], ptz: false },
  { name: '帆影夜街', scene: 'night-street', near: [7450, 5000], ptz: false },
  { name: '西浦夜街', scene: 'night-street', near: [3900, 4700], ptz: false },
  { name: '村口', scene: 'village', near: [700, 7000], ptz: false },
  { name: '村口', scene: 'village', near: [9100, 10000], ptz: false },
]
