import { expect, it } from 'vitest'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser } from './describe-in-browser.ts'

describeInBrowser('the audit page, in a browser', {}, (rig) => {
  it('says deeds and objects in words, and asks the centre for what is filtered', async () => {
    await rig.openAs('admin', 'audit')
    const row = rig.page.locator('[data-audit-row="2"]')
    await row.waitFor()
    const words = await row.innerText()
    expect(words).toContain('查看画面')
    expect(words).toContain(rig.fixture.centre.cameras.get('cam-1')!.name)
    expect(await rig.page.locator('[data-audit-row="1"]').innerText()).toContain('换镜头')
    expect(await violationsOf(rig.page)).toEqual([])
    const asked = (part: string) => rig.page.waitForRequest((request) => request.url().includes(part))
    const byAction = asked('action=camera.write')
    await rig.page.locator('select[name="action"]').selectOption('camera.write')
    await byAction
    const byActor = asked('actor=zhang')
    await rig.page.getByLabel('按人员账号').fill('zhang')
    await rig.page.keyboard.press('Enter')
    expect((await byActor).url(), 'both hold').toContain('action=camera.write')
  })

  it('is nobody’s but the inspector’s and the administrator’s', async () => {
    await rig.openAs('officer', 'audit')
    await rig.page.locator('[data-state="forbidden"]').waitFor()
  })
})
