import type { FrameLocator, Locator, Page } from 'playwright-core'
import { password } from '../../dev/demo.ts'

/** What people do with the pages around a dashboard; each step waits until it is done. */

/** Goes where one must be signed in, fills in the provider's form, and is back there. */
export async function signIn(page: Page, login: string, path = '/'): Promise<void> {
  await page.goto(path)
  await fillIn(page, login)
  await page.locator('#main').waitFor()
  // Its script has run, too.
  await page.waitForLoadState()
}

export async function fillIn(page: Page, login: string): Promise<void> {
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function signOut(page: Page): Promise<void> {
  await page.locator('details:has([data-sign-out]) > summary').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
}

/** Staff choose whose dashboards they see, and say why. */
export async function chooseTenant(page: Page, name: string): Promise<void> {
  await page.goto('/tenant')
  await page.getByRole('link', { name }).click()
  await page.getByRole('button', { name: 'Regular review' }).click()
  await page.getByText(`You are looking at ${name}`).waitFor()
}

export const stage = (page: Page, state: string): Locator =>
  page.locator(`[data-stage][data-state=${state}]`)

/** The frame in which the Dash app runs. */
export const dashboardFrame = (page: Page): FrameLocator => page.frameLocator('iframe')

/** @param rest what follows the dashboard's own path: a page of the app, a query */
export async function openDashboard(page: Page, slug: string, rest = ''): Promise<FrameLocator> {
  await page.goto(`/dashboard/${slug}/${rest}`)
  await stage(page, 'ready').waitFor()
  return dashboardFrame(page)
}

export const overlay = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('dialog', { name })
