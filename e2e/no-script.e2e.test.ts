import { describe, expect, it } from 'vitest'
import { ACME, STAFF } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { newcomer } from './support/newcomer.ts'
import { chooseTenant, signIn } from './support/shell.ts'

const { person } = useBrowser()
const withoutScripts = async () => (await person({ javaScriptEnabled: false })).tab()

describe('without JavaScript', () => {
  it('one signs in, finds the dashboards, hears what a dashboard needs, and signs out', async () => {
    const page = await withoutScripts()
    await signIn(page, ACME)
    expect(await page.locator('.cards a').count()).toBe(3)
    await page.getByRole('link', { name: 'Loss development' }).click()
    await page.locator('.stage-noscript').waitFor()
    await page.getByRole('link', { name: 'All dashboards' }).click()
    await page.locator('details:has([data-sign-out]) > summary').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    // The provider's own page sends its form by a script where there is one.
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.goto('/')
    await page.locator('input[name=login]').waitFor()
  })

  it('one signs out another device, by keyboard alone', async () => {
    const login = await newcomer('acme-corp')
    const [lost, here] = [await withoutScripts(), await withoutScripts()]
    for (const page of [lost, here]) await signIn(page, login)
    await here.locator('details.menu > summary').press('Enter')
    await here.getByRole('link', { name: 'Your account' }).press('Enter')
    await here.getByText('This device').waitFor()
    await here.getByRole('button', { name: /^Sign out Chrome on Linux, last used/ }).press('Enter')
    await here.getByRole('status').waitFor()
    await here.getByText('You are signed in nowhere else').waitFor()
    expect((await lost.request.get('/session')).status()).toBe(401)
    expect((await here.request.get('/session')).status()).toBe(200)
  })

  it('staff choose a client, and another one', async () => {
    const page = await withoutScripts()
    await signIn(page, STAFF)
    await chooseTenant(page, 'Acme Corp')
    expect(await page.locator('.cards a').count()).toBe(3)
    await page.getByRole('link', { name: 'Switch client' }).first().click()
    await page.getByRole('link', { name: 'Initech' }).click()
    await page.getByLabel('Reason for this visit').fill('To try it without scripts')
    await page.getByRole('button', { name: 'Go to Initech' }).click()
    await page.getByText('You are looking at Initech').waitFor()
    expect(await page.locator('.cards a').count()).toBe(1)
  })
})
