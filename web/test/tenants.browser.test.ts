import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import { VIEWER } from './models.ts'

const { now, open } = useBrowser()
const PATH = '/dashboard/loss-development/'

/** A dashboard that is shown; one that was ready once and lies beneath a dialog is not. */
const ready = (page: Page) =>
  page.locator('[data-stage][data-state=ready]:not([data-concealed])').waitFor()
const switched = (page: Page, name: string) =>
  page.getByRole('dialog', { name: `You are now working for ${name} in another tab` })

async function look(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
}

describe('a tab of one tenant, when another tab works for another', () => {
  it('is covered, its dashboard gone, the rest out of reach', async () => {
    const old = await open(PATH)
    await ready(old)
    now().tenant = 'globex'
    await open('/')
    await switched(old, 'Globex').waitFor()
    expect(await old.locator('iframe').count()).toBe(0)
    await old.keyboard.press('Escape')
    await old.keyboard.press('Escape')
    for (let presses = 0; presses < 4; presses += 1) await old.keyboard.press('Tab')
    await switched(old, 'Globex').waitFor()
    const focused = await old.evaluate(
      () => document.activeElement?.closest('dialog, body')?.tagName,
    )
    expect(['DIALOG', 'BODY']).toContain(focused)
    await expect(
      old.locator('details:has([data-sign-out]) > summary').click({ timeout: 1000 }),
    ).rejects.toThrow('Timeout')
  })

  it('continues with the other tenant', async () => {
    const old = await open(PATH)
    await ready(old)
    now().tenant = 'globex'
    await open('/')
    await switched(old, 'Globex').getByRole('link', { name: 'Continue with Globex' }).click()
    await old.getByText('You are looking at Globex').waitFor()
  })

  it('switches back, to the same place, and the other tab is covered instead', async () => {
    const old = await open(`${PATH}?lob=auto`)
    await ready(old)
    now().tenant = 'globex'
    const other = await open('/')
    await switched(old, 'Globex').getByRole('button', { name: 'Switch back to Acme Corp' }).click()
    await ready(old)
    expect(old.url()).toContain(`${PATH}?lob=auto`)
    expect(now().tenant).toBe('acme-corp')
    await switched(other, 'Acme Corp').waitFor()
  })

  it('keeps its buttons where they are when it is told the same again', async () => {
    const old = await open(PATH)
    await ready(old)
    now().tenant = 'globex'
    await look(old)
    const button = switched(old, 'Globex').getByRole('button', { name: 'Switch back to Acme Corp' })
    const first = await button.elementHandle()
    await Promise.all([old.waitForResponse('/session'), look(old)])
    await old.waitForFunction(() => true)
    expect(await first?.evaluate((element) => element.isConnected)).toBe(true)
    await button.click()
    await ready(old)
  })

  it('finds out by asking when no message reached it', async () => {
    const old = await open(PATH)
    await ready(old)
    now().tenant = 'globex'
    await look(old)
    await switched(old, 'Globex').waitFor()
  })

  it('goes on by itself once its own tenant is active again', async () => {
    const old = await open(PATH)
    await ready(old)
    now().tenant = 'globex'
    await look(old)
    await switched(old, 'Globex').waitFor()
    now().tenant = 'acme-corp'
    await look(old)
    await ready(old)
  })
})

describe('a tab whose person', () => {
  it('has signed out in another tab is covered', async () => {
    const old = await open(PATH)
    await ready(old)
    const other = await open('/')
    await other.locator('summary').click()
    await other.getByRole('button', { name: 'Sign out' }).click()
    await old.getByRole('dialog', { name: 'You have been signed out' }).waitFor()
    expect(await old.locator('iframe').count()).toBe(0)
  })

  it('has no session any more is covered when looked at', async () => {
    const old = await open('/')
    await old.locator('#main').waitFor()
    await old.waitForLoadState()
    now().person = undefined
    await look(old)
    await old.getByRole('dialog', { name: 'You have been signed out' }).waitFor()
  })

  it('is another now is covered', async () => {
    const old = await open('/')
    await old.waitForLoadState()
    now().person = VIEWER
    await look(old)
    await old.getByRole('dialog', { name: /signed in as viewer@acme.test/ }).waitFor()
  })
})

describe('the frame', () => {
  it('never starts an app that was made for another tenant than the page around it', async () => {
    now().appTenant = 'globex'
    const page = await open(PATH)
    await page.getByRole('dialog').waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
  })

  it('stops such an app before its first script', async () => {
    now().appTenant = 'globex'
    const page = await open('/home')
    await page.evaluate((path) => {
      document.documentElement.dataset['tenant'] = 'acme-corp'
      const frame = document.createElement('iframe')
      frame.src = path
      addEventListener('message', ({ data }) => {
        document.body.dataset['heard'] = JSON.stringify(data)
      })
      document.body.append(frame)
    }, PATH)
    await page.locator('body[data-heard]').waitFor()
    const inside = await page.frames()[1]?.evaluate(() => ({
      started: 'appStarted' in window,
      html: document.documentElement.innerHTML,
    }))
    expect(inside).toEqual({ started: false, html: '' })
    expect(await page.locator('body').getAttribute('data-heard')).toContain('tenant-mismatch')
  })
})

describe('R10: browser storage', () => {
  it('of one dashboard behaves as Storage does', async () => {
    const page = await open(PATH)
    await ready(page)
    const seen = await inFrame(
      page,
      `(() => {
        localStorage.setItem('a', '1')
        localStorage.b = 2
        sessionStorage['c'] = 'only here'
        delete localStorage.nothing
        return [localStorage.getItem('a'), localStorage.b, localStorage.length, localStorage.key(5),
          'a' in localStorage, 'z' in localStorage, Object.keys(localStorage).sort().join(),
          JSON.stringify({ ...sessionStorage }), localStorage.missing === undefined, localStorage instanceof Storage]
      })()`,
    )
    expect(seen).toEqual(['1', '2', 2, null, true, false, 'a,b', '{"c":"only here"}', true, true])
    const cleared = await inFrame(
      page,
      `(localStorage.clear(), [localStorage.length, sessionStorage.c])`,
    )
    expect(cleared).toEqual([0, 'only here'])
  })

  it('is kept apart between dashboards, tenants and the shell', async () => {
    const page = await open(PATH)
    await ready(page)
    await page.evaluate(() => localStorage.setItem('filter', 'of the shell'))
    await inFrame(page, `localStorage.setItem('filter', 'of acme')`)
    await page.goto('/dashboard/claims-monitor/')
    await ready(page)
    expect(await inFrame(page, `localStorage.getItem('filter')`)).toBeNull()
    now().tenant = 'globex'
    await page.goto(PATH)
    await ready(page)
    expect(await inFrame(page, `[localStorage.length, localStorage.filter]`)).toEqual([
      0,
      undefined,
    ])
    now().tenant = 'acme-corp'
    await page.goto(PATH)
    await ready(page)
    expect(await inFrame(page, `localStorage.filter`)).toBe('of acme')
  })
})

it('R10: lets no dashboard register a service worker', async () => {
  const page = await open(PATH)
  await ready(page)
  const refusal = await page
    .frames()[1]
    ?.evaluate(() => navigator.serviceWorker.register('/renderer.js').catch((fault) => fault.name))
  expect(refusal).toBe('NotAllowedError')
})

describe('without JavaScript', () => {
  it('one finds a dashboard, the menu, another client and the way out', async () => {
    const page = await open('/', { javaScriptEnabled: false })
    await page.locator('summary').click()
    await page.getByRole('link', { name: 'Switch client' }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.getByRole('link', { name: 'Loss development' }).click()
    await page.locator('.stage-noscript').waitFor()
    await page.goto('/chooser')
    await page.getByRole('searchbox', { name: 'Search clients' }).fill('glob')
    await page.getByRole('button', { name: 'Search' }).click()
    expect(await page.locator('.choice').count()).toBe(1)
    await page.getByRole('link', { name: /Globex/ }).click()
    await page.getByLabel('Reason for this visit').fill('A look without scripts')
    await page.getByRole('button', { name: 'Go to Globex' }).click()
    await page.waitForURL(`**${PATH}`)
    expect(now().tenant).toBe('globex')
    expect(now().reasons).toEqual(['A look without scripts'])
  })
})

it('skips to the content by keyboard, without a mark in the address', async () => {
  const page = await open('/home')
  await page.waitForLoadState()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  expect(page.url()).not.toContain('#')
})

function inFrame(page: Page, work: string) {
  return page.frames()[1]?.evaluate(work)
}
