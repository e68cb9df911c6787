import { describe, expect, it } from 'vitest'
import { ACME } from './support/accounts.ts'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { newcomer } from './support/newcomer.ts'
import { fillIn } from './support/shell.ts'

const { person } = useBrowser()

/** Signed in at the provider, and refused here: nobody has said to which tenant the account belongs. */
async function refused() {
  const one = await person()
  one.expectFaults(/403/)
  const page = await one.tab()
  await page.goto('/')
  await fillIn(page, await newcomer())
  await page.getByRole('heading', { name: 'Your account cannot be used here' }).waitFor()
  return page
}

describe('an account that lacks what it needs', () => {
  it('is told what, and whom to ask', async () => {
    const page = await refused()
    const said = await page.locator('.message-card').textContent()
    expect(said).toContain('it belongs to no organisation')
    expect(said).toContain('ask whoever manages your account')
    expect(said).toMatch(/Request\s*[0-9a-f]{32}/)
    await expectAccessible(page)
  })

  it('gives way to another one', async () => {
    const page = await refused()
    await page.getByRole('link', { name: 'Use another account' }).click()
    await fillIn(page, ACME)
    await page.getByRole('heading', { name: 'Dashboards' }).waitFor()
  })

  it('is signed out at the provider too', async () => {
    const page = await refused()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.goto('/')
    await page.locator('input[name=login]').waitFor()
  })
})
