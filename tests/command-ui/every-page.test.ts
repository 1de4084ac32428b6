import { expect, it } from 'vitest'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser, type Rig } from './describe-in-browser.ts'

/** One look of axe takes four seconds on a busy machine, and twenty states are looked at. */
const LOOKS_MS = 240_000
const PAGES = [
  'desk',
  'wall',
  'replay',
  'sites',
  'zones',
  'cameras',
  'devices',
  'vehicles',
  'reports',
  'audit',
  'settings',
]

let incidentId = ''

/** An administrator's desk with one alarm, so that no page is empty. */
async function openAlarm({ fixture, page, startDuty }: Rig): Promise<void> {
  fixture.centre.role = 'admin'
  await startDuty()
  const alarm = fixture.centre.raise('btn-1')
  await page.locator('[data-patrol-id][role="radio"]').first().waitFor()
  incidentId = alarm.incidentId ?? [...fixture.centre.incidents.keys()][0]!
}

describeInBrowser('every page of the desk, in both languages', { isOnePage: true, before: openAlarm }, (rig) => {
  const speak = async (language: 'zh-CN' | 'en') => {
    if ((await rig.page.evaluate(() => document.documentElement.lang)) === language) return
    await rig.page.locator('.strip-end button', { hasText: /English|中文/ }).click()
    await rig.page.waitForFunction((wanted) => document.documentElement.lang === wanted, language)
  }
  const open = (hash: string) => rig.page.evaluate((wanted) => (location.hash = wanted), `#/${hash}`)
  /** What is wider than its box and neither scrolls nor says so by an ellipsis. */
  const cutOff = () =>
    rig.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.strip, .strip > *, .page-head, .incident-head, .action-row button')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).textOverflow !== 'ellipsis')
        .filter((one) => one.clientWidth > 0 && !one.matches('.strip-name'))
        .map((one) => `${one.className || one.tagName}: ${one.textContent.slice(0, 60)}`),
    )

  for (const language of ['zh-CN', 'en'] as const) {
    it(
      `have no accessibility violation, and nothing of them is cut off (${language})`,
      async () => {
        await speak(language)
        const named = await rig.page.locator('.strip nav button').allTextContents()
        expect(named, 'every page of the strip is looked at').toHaveLength(PAGES.length)
        const findings: string[] = []
        const look = async (name: string) => {
          findings.push(...[...(await violationsOf(rig.page)), ...(await cutOff())].map((what) => `${name}: ${what}`))
        }
        for (const name of PAGES) {
          await open(name)
          await rig.page.locator(`.desk[data-page="${name}"]`).waitFor()
          if (name !== 'desk') await rig.page.locator('.desk-page h1, .desk-page h2').first().waitFor()
          await look(name)
        }
        await open('sites/site-1')
        await rig.page.locator('[data-site="site-1"]').waitFor()
        await look('site')
        await rig.page.locator('[data-action="edit-site"]').click()
        await rig.page.locator('[data-form="site"]').waitFor()
        await look('site form')
        await open('cameras')
        await rig.page.locator('[data-check-row]').first().press('Space')
        await rig.page.locator('[data-action="bulk"]').press('Enter')
        await rig.page.locator('[data-form="bulk"]').waitFor()
        await look('bulk form')
        await open('devices')
        await rig.page.locator('[data-action="import"]').press('Enter')
        await rig.page.locator('[data-import="devices"]').waitFor()
        await look('import')
        await open('settings/centre')
        await rig.page.locator('[data-section="retention"]').waitFor()
        await look('settings of the centre')
        await open('settings/users')
        await rig.page.locator('[data-user]').first().waitFor()
        await look('accounts')
        await open(`replay/${incidentId}`)
        await rig.page.locator(`[data-past="${incidentId}"]`).waitFor()
        await look('incident replay')
        await open('desk')
        await rig.page.locator('.strip-registers summary').click()
        // It hangs out of the line, as it should.
        findings.push(...(await violationsOf(rig.page)).map((what) => `open menu of pages: ${what}`))
        await rig.page.keyboard.press('Escape')
        for (const [key, selector] of [
          ['?', '.keys-sheet'],
          ['/', '[role="combobox"]'],
        ] as const) {
          await rig.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
          await rig.page.keyboard.press(key)
          await rig.page.locator(selector).waitFor()
          await look(key)
          await rig.page.keyboard.press('Escape')
          // While it goes it still takes the keys.
          await rig.page.locator(selector).waitFor({ state: 'detached' })
        }
        expect(findings).toEqual([])
      },
      LOOKS_MS,
    )
  }
})
