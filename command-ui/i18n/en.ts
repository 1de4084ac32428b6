import { enDesk } from './en-desk.ts'
import { enPages } from './en-pages.ts'
import { enWords } from './en-words.ts'
import type { Dictionary } from './zh.ts'

export const en: Dictionary = { ...enDesk, ...enPages, ...enWords }
