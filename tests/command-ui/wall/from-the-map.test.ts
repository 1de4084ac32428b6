import { expect, it } from 'vitest'
import { describeInBrowser } from '../describe-in-browser.ts'

/** Software drawing on a busy machine. */
const MAP_MS = 120_000
/** A camera is found within 14 px of the mouse, and the map looks every 60 ms. */
const STEP_PX = 20
const LOOK_MS = 80

describeInBrowser('the map beside the wall', { hasWebgl: true }, (rig) => {
  const tip = () => rig.page.locator('.city-map-tip:not([hidden])')
  const isDraggable = () =>
    rig.page.evaluate(() => document.querySelector<HTMLElement>('.maplibregl-canvas-container')!.draggable)

  /** Walks round the scene in the middle of the map until a camera is under the mouse. */
  async function findCamera(): Promise<string> {
    const box = (await rig.page.locator('.map-canvas').boundingBox())!
    const names = [...rig.fixture.centre.cameras.values()].map(({ name }) => name)
    for (let radius = 0; radius < box.height / 2; radius += STEP_PX) {
      const places = Math.max(1, Math.ceil((2 * Math.PI * radius) / STEP_PX))
      for (let i = 0; i < places; i++) {
        const angle = (2 * Math.PI * i) / places
        const [dx, dy] = [Math.cos(angle) * radius, Math.sin(angle) * radius]
        await rig.page.mouse.move(box.x + box.width / 2 + dx, box.y + box.height / 2 + dy)
        await rig.page.waitForTimeout(LOOK_MS)
        if (!(await isDraggable())) continue
        const words = (await tip().textContent()) ?? ''
        const found = names.find((name) => words.startsWith(name))
        if (found) return found
      }
    }
    throw new Error('no camera was found on the map')
  }

  it(
    'a camera is taken from the map, carried over the button of the wall, and let go on a tile',
    async () => {
      await rig.startDuty()
      rig.fixture.centre.raise('btn-1')
      await rig.page.locator('.map-canvas[data-map="ready"]').waitFor({ timeout: MAP_MS })
      await rig.page.waitForTimeout(3000)
      const name = await findCamera()
      const { id } = [...rig.fixture.centre.cameras.values()].find((camera) => camera.name === name)!
      await rig.page.mouse.down()
      const wall = (await rig.page.locator('.strip nav button', { hasText: '视频墙' }).boundingBox())!
      await rig.page.mouse.move(wall.x + wall.width / 2 + 4, wall.y + wall.height / 2, { steps: 5 })
      await rig.page.mouse.move(wall.x + wall.width / 2, wall.y + wall.height / 2)
      await rig.page.locator('[data-wall="1"]').waitFor()
      const tile = (await rig.page.locator('[data-cell="4"]').boundingBox())!
      await rig.page.mouse.move(tile.x + tile.width / 2 + 4, tile.y + tile.height / 2, { steps: 5 })
      await rig.page.mouse.up()
      await rig.page.locator(`[data-cell="4"][data-camera-id="${id}"]`).waitFor()
      await rig.goTo('desk')
      await expect.poll(isDraggable, { message: 'the map is dragged again' }).toBe(false)
    },
    MAP_MS * 2,
  )
})
