import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { withoutCookies } from './support/chromium.ts'
import { figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, fillIn } from './support/shell.ts'
import { stack } from './support/stack.ts'

const { person, signedIn } = useBrowser()
const deep = '/dashboard/reserve-variability/bootstrap?view=kept&of=%C3%BC#mack'
const elsewhere = 'http://mail.example/'

/** A page of another site with a link to ours, as a mail has one. */
async function followFromElsewhere(page: Page): Promise<string[]> {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      asked.push(new URL(request.url()).pathname)
    }
  })
  await page.route(elsewhere, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Mail</title><a href="${stack.publicUrl + deep}">Figures</a>`,
    }),
  )
  await page.goto(elsewhere)
  await page.getByRole('link').click()
  return asked
}

const isThere = (page: Page) => page.waitForURL(stack.publicUrl + deep)
const fragmentOfApp = (page: Page) =>
  dashboardFrame(page)
    .locator('html')
    .evaluate((html) => html.ownerDocument.location.hash)

describe('a link from another site to a place within a dashboard', () => {
  it('B3: opens signed in, after one page of ours, with query and fragment', async () => {
    const { page } = await signedIn(await newcomer('acme-corp'))
    const asked = await followFromElsewhere(page)
    await isThere(page)
    await dashboardFrame(page).locator('#start').waitFor()
    expect(asked).toEqual([
      '/',
      '/dashboard/reserve-variability/bootstrap',
      '/auth/return',
      '/dashboard/reserve-variability/bootstrap',
    ])
    expect(await fragmentOfApp(page)).toBe('#mack')
    // What was only passed through is not in the way back.
    await page.goBack()
    await page.waitForURL(elsewhere)
  })

  it('keeps query and fragment through a sign-in', async () => {
    const page = await (await person()).tab()
    await followFromElsewhere(page)
    await fillIn(page, await newcomer('acme-corp'))
    await isThere(page)
    await dashboardFrame(page).locator('#start').waitFor()
    expect(await fragmentOfApp(page)).toBe('#mack')
  })

  it('keeps the query through a sign-in without JavaScript', async () => {
    const page = await (await person({ javaScriptEnabled: false })).tab()
    await followFromElsewhere(page)
    await fillIn(page, await newcomer('acme-corp'))
    await page.waitForURL(stack.publicUrl + deep.slice(0, deep.indexOf('#')))
  })
})

it('an address with a fragment that is typed leads there after a sign-in', async () => {
  const page = await (await person()).tab()
  await page.goto('/dashboard/loss-development/?lob=x#mack')
  await fillIn(page, await newcomer('acme-corp'))
  await page.waitForURL('/dashboard/loss-development/?lob=x#mack')
  await figures(dashboardFrame(page), 'loss-development')
})

it('a browser that keeps no cookies gets a page that says so, and stays there', () =>
  withoutCookies(async (page) => {
    const toProvider = page.waitForRequest((request) =>
      request.url().startsWith(`${stack.issuer}/auth?`),
    )
    await page.goto(`${stack.publicUrl}/dashboard/loss-development/`)
    // The demo's provider cannot do without cookies either; others can, and send the browser back.
    const state = new URL((await toProvider).url()).searchParams.get('state') ?? ''
    const back = `${stack.publicUrl}/auth/callback?code=x&state=${state}`
    await page.goto(back)
    await page.getByText('your browser does not keep cookies').waitFor()
    await page.waitForLoadState('networkidle')
    expect(page.url()).toBe(back)
    expect(await page.context().cookies()).toEqual([])
  }))
