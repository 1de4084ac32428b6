import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zhSentence } from '../../command-ui/i18n/zh-sentences.ts'
import { judgeCamera, type CameraFacts } from '../../streamer/health/judge-camera.ts'
import { describeNetworkError } from '../../streamer/rtsp/failure.ts'

const root = join(import.meta.dirname, '../..')
const PROGRAMS = [
  'streamer',
  'gateway/alarms',
  'gateway/cameras',
  'gateway/fleet',
  'gateway/intake',
  'gateway/recordings',
  'gateway/store',
]
/** Where a sentence for an officer begins: a camera's failure, or the detail of a trouble. */
const BEGINS =
  /(?:\b(?:unreachable|refusedLogin|untrusted|notACamera|silent|noVideo|fail|#giveUp|onFailed)\((?:error \? )?|\bconst detail = |\bdetail: |\bkind: 'refused', reason: |\borphan\(worker\.cameraIds, )(?=['`"])/g
/** Errors that an API answers; the desk has words of its own for their codes. */
const ANSWERED = /new Fault\(|VIGIL_/

/** The literal at `at`, each `${…}` as a word. */
function literalAt(text: string, at: number): string {
  const quote = text[at]!
  let out = ''
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === quote) return out
    if (quote === '`' && text.startsWith('${', i)) {
      let depth = 0
      do {
        if (text[i] === '{') depth++
        if (text[i] === '}') depth--
        i++
      } while (depth > 0 || text[i - 1] === '$')
      i--
      out += 'X1'
    } else out += text[i]
  }
  throw new Error(`a literal without an end: ${out}`)
}

/** Templates that are put together from sentences, as they come out. */
const MADE_OF: Record<string, readonly string[]> = {
  'recordings: X1': [
    'recordings: the limit of 500 GB is reached, the oldest were deleted',
    'recordings: the limit of 500 GB is reached, what is left is locked, of open incidents or not a day old and stays while the disk has room',
    'recordings: the disk is full, the oldest were deleted',
    'recordings: the disk is full, the oldest were deleted, also of open incidents',
    'recordings: the disk is full, what is left is locked',
    'recordings: the disk is full, and deleting frees nothing (has it snapshots?): no more is deleted for now',
    'recordings: the disk is full, and nothing can be deleted from it: no more is tried for now',
  ],
  'what the camera describes X1': [
    'what the camera describes has no video in it',
    'what the camera describes is not an SDP',
  ],
  'X1 from X1 X1X1': [
    'b-1 from 10.0.0.9 is not registered and was refused',
    'b-1 from 10.0.0.9 came with a wrong credential',
    'b-1 from 10.0.0.9 has no credential yet and was refused',
    'b-1 from 10.0.0.9 sent a message that is too large: 90000 bytes',
    'b-1 from 10.0.0.9 was refused (bad-name)',
  ],
}
/** Nothing in it but words of elsewhere. */
const HOLLOW = /^(?:X1[: ]*)+$/

const hasChinese = (text: string | null) => text !== null && /[\u4e00-\u9fff]/.test(text)

describe('what other programs write, at a Chinese desk', () => {
  it('is Chinese: every sentence that their sources hold', () => {
    const sentences = new Set<string>()
    for (const program of PROGRAMS) {
      for (const name of readdirSync(join(root, program), { recursive: true, encoding: 'utf8' })) {
        if (!name.endsWith('.ts')) continue
        const text = readFileSync(join(root, program, name), 'utf8')
        for (const begin of text.matchAll(BEGINS)) {
          const line = text.slice(begin.index, begin.index + 240)
          if (!ANSWERED.test(line)) sentences.add(literalAt(text, begin.index + begin[0].length))
        }
      }
    }
    expect(sentences.size).toBeGreaterThan(45)
    const told = [...sentences].filter((one) => !HOLLOW.test(one)).flatMap((one) => MADE_OF[one] ?? [one])
    expect(told.filter((sentence) => !hasChinese(zhSentence(sentence)))).toEqual([])
    expect(Object.keys(MADE_OF).filter((template) => !sentences.has(template))).toEqual([])
  })

  it('is Chinese for each way in which a camera can be dark', () => {
    const playing: CameraFacts = {
      isWanted: true,
      isLatched: false,
      failure: null,
      playingSinceMs: 0,
      lastPacketMs: 60_000,
      lastKeyMs: 60_000,
      longestGroupMs: 0,
      hasPicture: true,
      lacksParameters: false,
      isStill: false,
    }
    const dark: CameraFacts[] = [
      { ...playing, isLatched: true },
      { ...playing, lastPacketMs: 0 },
      { ...playing, lastKeyMs: 0 },
      { ...playing, lastKeyMs: 0, lacksParameters: true },
      { ...playing, isStill: true },
    ]
    const reasons = dark.map((facts) => judgeCamera(facts, 60_000).reason)
    expect(new Set(reasons).size).toBe(dark.length)
    expect(reasons.filter((reason) => reason === null || !hasChinese(zhSentence(reason)))).toEqual([])
    const codes = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'ETIMEDOUT']
    const network = codes.map((code) => describeNetworkError(Object.assign(new Error('raw'), { code })))
    expect(network.filter((sentence) => !hasChinese(zhSentence(sentence)))).toEqual([])
  })

  it('keeps names and figures, and puts the sentence inside a sentence into Chinese too', () => {
    expect(zhSentence('10.1.2.3:554: the connection was refused: nothing listens there')).toBe(
      '10.1.2.3:554：连接被拒绝：端口没有开放',
    )
    expect(zhSentence('东门: the camera dropped the connection (the connection was reset)')).toBe(
      '东门：摄像机断开了连接（连接被重置）',
    )
    expect(zhSentence('东门: fell 5 times within 61 s (the camera stopped sending)')).toBe(
      '东门：61 秒内掉线 5 次（摄像机停止了发送）',
    )
    expect(zhSentence('recordings: the disk is full, what is left is locked')).toBe('录像：磁盘已满，其余录像均已锁定')
    expect(zhSentence('something that nobody has put into Chinese')).toBeNull()
  })
})
