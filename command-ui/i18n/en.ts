import { enAway } from './en-away.ts'
import { enDesk } from './en-desk.ts'
import { enPages } from './en-pages.ts'
import { enPicture } from './en-picture.ts'
import { enReplay } from './en-replay.ts'
import { enSearch } from './en-search.ts'
import { enWall } from './en-wall.ts'
import { enWords } from './en-words.ts'
import type { Dictionary } from './zh.ts'

export const en: Dictionary = {
  ...enAway,
  ...enDesk,
  ...enPages,
  ...enPicture,
  ...enReplay,
  ...enSearch,
  ...enWall,
  ...enWords,
  sentence: (written) => written,
}
