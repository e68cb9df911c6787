import type { Page } from 'playwright-core'

/** The shell's menu of a dashboard's views, as people use it. */
export const viewsMenu = (page: Page) => {
  const menu = page.locator('.views-menu')
  const said = (text: string | RegExp) => menu.getByRole('status').getByText(text).waitFor()
  const open = async () => {
    if ((await menu.getAttribute('open')) === null) await menu.locator('> summary').click()
  }
  return {
    said,
    /** It may lie over a filter. */
    close: () => page.keyboard.press('Escape'),
    async press(name: string) {
      await open()
      await menu.getByRole('button', { name }).click()
    },
    async choose(name: string) {
      await open()
      await menu.getByRole('link', { name }).click()
      await said(`Showing “${name}”.`)
    },
    async saveAs(name: string) {
      await open()
      await menu.getByLabel('Name of a new view').fill(name)
      await menu.getByRole('button', { name: 'Save view' }).click()
      await said(`Saved as “${name}”.`)
    },
    shown: () => page.locator('[data-view-name]').textContent(),
    changed: page.locator('[data-view-changed]'),
  }
}
