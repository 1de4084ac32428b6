import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { enWords } from '../../command-ui/i18n/en-words.ts'
import { zhWords } from '../../command-ui/i18n/zh-words.ts'

const gateway = join(import.meta.dirname, '../../gateway')
/** As the parts of the core write what stands in an incident's timeline. */
const WRITTEN = /kind: '(?:alarm|incident|assignment|note)',\s*action: '([a-z-]+)'/g
/** Keeps the numbers of the log without a hole where an officer may not see an event; it belongs to no incident. */
const WITHOUT_WORDS = ['elsewhere']

describe('the words of the timeline', () => {
  it('know every step that the core writes by name, in both languages', () => {
    const files = readdirSync(gateway, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const actions = new Set(
      files.flatMap((name) =>
        [...readFileSync(join(gateway, name), 'utf8').matchAll(WRITTEN)].map(([, word]) => word!),
      ),
    )
    for (const action of WITHOUT_WORDS) expect(actions.delete(action)).toBe(true)
    expect(actions.size).toBeGreaterThan(10)
    expect([...actions].filter((action) => !(action in zhWords.event))).toEqual([])
    expect([...actions].filter((action) => !(action in enWords.event))).toEqual([])
  })
})
