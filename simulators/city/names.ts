import type { Chance } from './chance.ts'
import { lengthOf } from './plane.ts'
import type { Street } from './streets.ts'

type Word = readonly [zh: string, pinyin: string]

const words = (text: string): Word[] => text.split(' ').map((pair) => pair.split(':') as unknown as Word)

/** Invented names from harmless syllables: views, trees, virtues, weather. */
const FIRST = words(
  '望:Wang 听:Ting 银:Yin 金:Jin 碧:Bi 云:Yun 锦:Jin 翠:Cui 明:Ming 安:An 福:Fu 春:Chun 朝:Chao 新:Xin 长:Chang 青:Qing 白:Bai ' +
    '东:Dong 南:Nan 西:Xi 北:Bei 星:Xing 月:Yue 兴:Xing 文:Wen 学:Xue 渔:Yu 盐:Yan 港:Gang 帆:Fan 榕:Rong 荔:Li 梅:Mei 兰:Lan ' +
    '竹:Zhu 松:Song 桂:Gui 枫:Feng 清:Qing 瑞:Rui 祥:Xiang 嘉:Jia 永:Yong 和:He 同:Tong 怡:Yi 凤:Feng 鹭:Lu 珠:Zhu 潮:Chao',
)
const SECOND = words(
  '海:hai 涛:tao 湾:wan 山:shan 泉:quan 林:lin 田:tian 桥:qiao 塘:tang 园:yuan 岭:ling 谷:gu 城:cheng 华:hua 康:kang 宁:ning ' +
    '庆:qing 平:ping 泰:tai 荣:rong 景:jing 岗:gang 洲:zhou 溪:xi 浦:pu 源:yuan 盛:sheng 丰:feng 乐:le 秀:xiu 霞:xia 光:guang 晖:hui',
)
const VILLAGE_FIRST = words(
  '沙:Sha 石:Shi 水:Shui 上:Shang 下:Xia 大:Da 新:Xin 老:Lao 横:Heng 高:Gao 竹:Zhu 松:Song 榕:Rong 荔:Li 蕉:Jiao 梅:Mei 莲:Lian ' +
    '马:Ma 牛:Niu 麻:Ma 茶:Cha 田:Tian 葵:Kui 鹤:He 凤:Feng',
)
const VILLAGE_SECOND = words(
  '溪:xi 角:jiao 围:wei 塘:tang 坑:keng 坪:ping 浦:pu 尾:wei 头:tou 洋:yang 埔:pu 墩:dun 涌:chong 澳:ao 寮:liao 窝:wo 屋:wu 厦:xia',
)

export interface Name {
  zh: string
  en: string
}

/** Names that are never given twice. */
export function createNames(chance: Chance): { street(street: Street): Name; village(): Name } {
  const used = new Set(['海湾', '滨海', '人民', '银帆', '东港', '望山', '金沙', '听涛'])
  const fresh = (first: readonly Word[], second: readonly Word[]): Name => {
    for (let tries = 0; tries < 4000; tries++) {
      const [a, b] = [chance.pick(first), chance.pick(second)]
      if (a[0] === b[0] || used.has(a[0] + b[0])) continue
      used.add(a[0] + b[0])
      return { zh: a[0] + b[0], en: a[1] + b[1] }
    }
    const [a, b, c] = [chance.pick(first), chance.pick(second), chance.pick(second)]
    return { zh: a[0] + b[0] + c[0], en: a[1] + b[1] + c[1] }
  }
  return {
    street: (street) => {
      const { zh, en } = fresh(FIRST, SECOND)
      const [kind, english] = suffix(street)
      return { zh: zh + kind, en: `${en} ${english}` }
    },
    village: () => {
      const { zh, en } = fresh(VILLAGE_FIRST, VILLAGE_SECOND)
      return { zh, en }
    },
  }
}

function suffix(street: Street): Word {
  if (street.class === 'primary' || street.class === 'trunk') return ['大道', 'Avenue']
  if (street.class === 'secondary' || street.class === 'tertiary') return ['路', 'Road']
  const lengthM = lengthOf(street.line)
  if (lengthM < 260) return ['巷', 'Lane']
  return lengthM < 900 ? ['街', 'Street'] : ['路', 'Road']
}
