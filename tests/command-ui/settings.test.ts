import { expect, it } from 'vitest'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser } from './describe-in-browser.ts'

describeInBrowser('settings and the states of pages, in a browser', {}, (rig) => {
  const user = (name: string) => rig.page.locator(`[data-user="${name}"]`)

  it('shows what is kept and for how long, and changes the duty level with its reason', async () => {
    await rig.openAs('commander', 'settings/centre')
    await rig.page.locator('[data-section="retention"]').getByText('30 天').first().waitFor()
    await rig.page.locator('[data-action="change-duty"]').click()
    await rig.page.locator('[data-section="duty"] select').selectOption('special')
    await rig.page.locator('[data-section="duty"] input').fill('节日安保')
    expect(await violationsOf(rig.page)).toEqual([])
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-section="duty"] strong').getByText('特殊勤务').waitFor()
    await rig.page.locator('[data-section="duty"]').getByText('节日安保').waitFor()
  })

  it('adds an account, gives it a link once, changes and disables it', async () => {
    await rig.openAs('admin', 'settings/users')
    await user('li').waitFor()
    await rig.page.locator('[data-action="add-user"]').click()
    await rig.page.locator('[data-form="user"] input[name="displayName"]').fill('王值班')
    await rig.page.locator('[data-form="user"] input[name="username"]').fill('wang')
    await rig.page.locator('[data-form="user"] select[name="role"]').selectOption('patrol')
    await rig.page.locator('[data-form="user"] select[name="patrolId"]').selectOption('p02')
    expect(await violationsOf(rig.page), 'the form').toEqual([])
    await rig.page.locator('[data-form="user"] button[type="submit"]').click()
    await user('wang').getByText('尚未设置密码').waitFor()
    expect(rig.fixture.centre.users.at(-1)).toMatchObject({ username: 'wang', role: 'patrol', patrolId: 'p02' })
    await user('wang').getByRole('button', { name: '一次性登录链接' }).click()
    await rig.page.locator('[data-link] pre').getByText('#/sign-in?link=one-time-token').waitFor()
    expect(await violationsOf(rig.page), 'the link').toEqual([])
    await user('li').getByRole('button', { name: '停用' }).click()
    await user('li').getByText('已停用').waitFor()
    await user('li').getByRole('button', { name: '修改' }).click()
    await rig.page.locator('[data-form="user"] input[name="jurisdiction"]').fill('滨海')
    await rig.page.locator('[data-form="user"] button[type="submit"]').click()
    await expect.poll(() => rig.fixture.centre.users[1]).toMatchObject({ jurisdiction: '滨海', disabled: true })
    expect(await user('admin').getByRole('button', { name: '停用' }).count(), 'nobody disables themselves').toBe(0)
  })

  it('says to whoever may not have a page that it is forbidden, and what is failed can be tried again', async () => {
    await rig.openAs('officer', 'settings/users')
    await rig.page.locator('[data-state="forbidden"]').getByText('值机员').waitFor()
    expect(await violationsOf(rig.page)).toEqual([])
    rig.fixture.answerNext('centre-settings', 503, { code: 'database-away', detail: 'x' })
    await rig.goTo('settings/centre')
    await rig.page.locator('[data-state="failed"] button').click()
    await rig.page.locator('[data-section="retention"]').waitFor()
  })

  it('shows an installer no page that only officers have', async () => {
    await rig.openAs('installer', 'vehicles')
    for (const page of ['vehicles', 'replay', 'reports']) {
      await rig.goTo(page)
      await rig.page.locator(`.desk[data-page="${page}"] [data-state="forbidden"]`).waitFor()
    }
    expect(await violationsOf(rig.page)).toEqual([])
    await rig.goTo('cameras')
    await rig.page.locator('[data-camera-row]').first().waitFor()
  })

  it('says that a list is on its way while the centre has not answered, and not that it is empty', async () => {
    let letThrough = () => {}
    const held = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    rig.fixture.centre.role = 'admin'
    await rig.page.route('**/api/v1/snapshot', async (route) => {
      await held
      await route.continue()
    })
    await rig.page.goto(`${rig.fixture.url}/#/cameras`)
    for (const page of ['cameras', 'devices', 'sites', 'zones', 'vehicles']) {
      await rig.goTo(page)
      await rig.page.locator(`.desk[data-page="${page}"] [data-state="loading"]`).waitFor()
      expect(await rig.page.locator('[data-state="empty"]').count(), page).toBe(0)
    }
    letThrough()
    await rig.page.locator('[data-vehicle-row]').first().waitFor()
  })

  it('says of an empty register what can be done about it', async () => {
    rig.fixture.centre.isEmpty = true
    await rig.openAs('installer', 'cameras')
    for (const page of ['cameras', 'devices', 'sites']) {
      await rig.goTo(page)
      await rig.page.locator(`.desk[data-page="${page}"] [data-state="empty"]`).waitFor()
    }
    expect(await violationsOf(rig.page)).toEqual([])
  })
})
