import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { tenants } from '../dev/demo.ts'
import { startStack } from '../dev/stack.ts'
import { ACME, GLOBEX, INITECH, STAFF } from './support/accounts.ts'
import { launchChromium } from './support/chromium.ts'
import { choose, figures, type Slug } from './support/dashboards.ts'
import {
  chooseTenant,
  dashboardFrame,
  openDashboard,
  overlay,
  signIn,
  signOut,
  stage,
} from './support/shell.ts'
import { viewsMenu } from './support/views-menu.ts'

// Pictures for people to look at: `node e2e/screenshots.ts <folder>`. Every page and dashboard, light
// and dark, on a desktop and a phone. The whole demo stack is started for it and stopped again.

const looks = [
  { name: 'light-desktop', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark-desktop', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'light-phone', colorScheme: 'light', viewport: { width: 375, height: 812 } },
  { name: 'dark-phone', colorScheme: 'dark', viewport: { width: 375, height: 812 } },
] as const
type Look = (typeof looks)[number]

const viewers = new Map([
  [ACME, 'acme-corp'],
  [GLOBEX, 'globex'],
  [INITECH, 'initech'],
])

const folder = process.argv[2]
if (folder === undefined) throw new Error('Usage: node e2e/screenshots.ts <folder>')
await mkdir(folder, { recursive: true })
const directory = await mkdtemp(join(tmpdir(), 'dashgate-screenshots-'))
const stack = await startStack({ directory, log: console.log })
const browser = await launchChromium()
try {
  for (const look of looks) {
    await walkAsViewers(browser, look)
    await walkAsStaff(browser, look)
    await walkThroughFaults(browser, look)
  }
} finally {
  await browser.close()
  await stack.stop()
  await rm(directory, { recursive: true, force: true })
}

/** A browser of somebody new, and a camera that names pictures by what they look like. */
async function visitor(chromium: Browser, look: Look) {
  const context = await chromium.newContext({
    baseURL: stack.info.publicUrl,
    colorScheme: look.colorScheme,
    viewport: look.viewport,
    reducedMotion: 'reduce',
    isMobile: look.name.endsWith('phone'),
  })
  context.setDefaultTimeout(60_000)
  const shoot = async (page: Page, name: string) => {
    await page.screenshot({ path: join(String(folder), `${name}.${look.name}.png`) })
    console.log(`${name}.${look.name}`)
  }
  return { context, shoot, page: await context.newPage() }
}

async function walkAsViewers(chromium: Browser, look: Look): Promise<void> {
  for (const [login, tenantId] of viewers) {
    const { context, page, shoot } = await visitor(chromium, look)
    await page.goto('/')
    await shoot(page, `${tenantId}-provider`)
    await signIn(page, login)
    await shoot(page, `${tenantId}-home`)
    const { dashboards } = tenants.find(({ id }) => id === tenantId) ?? { dashboards: [] }
    for (const slug of dashboards) await shootDashboard(page, slug as Slug, tenantId, shoot)
    await page.locator('details:has([data-sign-out]) > summary').click()
    await shoot(page, `${tenantId}-menu`)
    await page.keyboard.press('Escape')
    await page.goto('/account')
    await shoot(page, `${tenantId}-account`)
    await page.goto('/logout')
    await shoot(page, `${tenantId}-logout`)
    await page.goto('/')
    await signOut(page)
    await shoot(page, `${tenantId}-signed-out`)
    await context.close()
  }
}

type Shoot = (page: Page, name: string) => Promise<void>

async function shootDashboard(page: Page, slug: Slug, tenantId: string, shoot: Shoot) {
  const frame = await openDashboard(page, slug)
  await figures(frame, slug)
  await shoot(page, `${tenantId}-${slug}`)
  await shootBelow(page, `${tenantId}-${slug}`, shoot)
  if (slug === 'reserve-variability') {
    await frame.locator('#to-bootstrap').click()
    await frame.locator('#start').click()
    await frame.getByText(/^[1-9].* of 5,000 simulations/).waitFor()
    await shoot(page, `${tenantId}-bootstrap-running`)
    await frame.locator('#distribution .barlayer .point').first().waitFor({ state: 'attached' })
    await shoot(page, `${tenantId}-bootstrap-done`)
    await shootBelow(page, `${tenantId}-bootstrap-done`, shoot)
    await frame.locator('#to-method').click()
    await frame.locator('#method').waitFor()
    await shoot(page, `${tenantId}-method`)
  }
  if (slug === 'claims-monitor') {
    await frame.locator('#start').click()
    await frame.locator('#feed li').nth(5).waitFor()
    await shoot(page, `${tenantId}-claims-live`)
    await shootBelow(page, `${tenantId}-claims-live`, shoot)
    await frame.locator('#pause').click()
  }
  if (slug === 'loss-development' && tenantId === 'acme-corp') {
    await frame.locator('#line-of-business').click()
    await shoot(page, `${tenantId}-${slug}-dropdown`)
    await page.keyboard.press('Escape')
    await choose(frame, 'line-of-business', 'Product liability')
    await frame.locator('#table caption', { hasText: 'Product liability' }).waitFor()
    await shoot(page, `${tenantId}-${slug}-filtered`)
    const views = viewsMenu(page)
    await views.saveAs('Year end')
    await views.press('Open with it')
    await views.said(/from now on/)
    await shoot(page, `${tenantId}-${slug}-views`)
    await views.press('Delete')
    await views.said(/Deleted/)
    await views.close()
    await choose(frame, 'line-of-business', 'All lines')
    await frame.locator('#table caption', { hasText: 'All lines' }).waitFor()
  }
}

/** The rest of a dashboard, screen by screen. */
async function shootBelow(page: Page, name: string, shoot: Shoot): Promise<void> {
  const root = dashboardFrame(page).locator('html')
  const { whole, screen } = await root.evaluate((html) => ({
    whole: html.scrollHeight,
    screen: html.clientHeight,
  }))
  for (let part = 1; part * screen < whole; part += 1) {
    await root.evaluate((html, top) => html.scrollTo({ top, behavior: 'instant' }), part * screen)
    await shoot(page, `${name}-${part + 1}`)
  }
  await root.evaluate((html) => html.scrollTo({ top: 0, behavior: 'instant' }))
}

async function walkAsStaff(chromium: Browser, look: Look): Promise<void> {
  const { context, page, shoot } = await visitor(chromium, look)
  await signIn(page, STAFF)
  await page.goto('/tenant')
  await shoot(page, 'staff-chooser')
  await page.getByRole('link', { name: 'Globex' }).click()
  await shoot(page, 'staff-reason')
  for (const { id, displayName } of tenants) {
    await chooseTenant(page, displayName)
    await shoot(page, `staff-home-${id}`)
  }
  await chooseTenant(page, 'Acme Corp')
  await figures(await openDashboard(page, 'loss-development'), 'loss-development')
  await shoot(page, 'staff-dashboard')
  const other = await context.newPage()
  await chooseTenant(other, 'Globex')
  await overlay(page, /You are now working for Globex/).waitFor()
  await shoot(page, 'staff-overlay-switched')
  await signOut(other)
  await overlay(page, 'You have been signed out').waitFor()
  await shoot(page, 'staff-overlay-signed-out')
  await context.close()
}

async function walkThroughFaults(chromium: Browser, look: Look): Promise<void> {
  const { context, page, shoot } = await visitor(chromium, look)
  // As if the browser had come back from a sign-in without a cookie.
  await page.goto('/auth/return?after=sign-in&asked')
  await shoot(page, 'error-session-not-kept')
  await signIn(page, ACME)
  await page.goto('/dashboard/unknown/')
  await shoot(page, 'error-404')
  const { dashApps } = stack.parts
  await openDashboard(page, 'loss-development')
  await dashApps.get('loss-development')?.stop()
  await choose(dashboardFrame(page), 'line-of-business', 'Product liability')
  await page.locator('[data-notice]').getByText('did not answer').waitFor()
  await shoot(page, 'error-part')
  await page.reload()
  await stage(page, 'failed').waitFor()
  await shoot(page, 'error-502')
  await dashApps.get('loss-development')?.start()
  await context.close()
}
