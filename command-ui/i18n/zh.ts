import { zhAway } from './zh-away.ts'
import { zhDesk } from './zh-desk.ts'
import { zhPages } from './zh-pages.ts'
import { zhPicture } from './zh-picture.ts'
import { zhReplay } from './zh-replay.ts'
import { zhSearch } from './zh-search.ts'
import { zhSentence } from './zh-sentences.ts'
import { zhWall } from './zh-wall.ts'
import { zhWords } from './zh-words.ts'

/** 值机员的语言。The type of this object is the type of every dictionary: a key that another lacks does not compile. */
export const zh = {
  ...zhAway,
  ...zhDesk,
  ...zhPages,
  ...zhPicture,
  ...zhReplay,
  ...zhSearch,
  ...zhWall,
  ...zhWords,
  /** What another program has written, in the officer's language as far as it is known. */
  sentence: (written: string): string => zhSentence(written) ?? written,
}

export type Dictionary = typeof zh
