import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, openDashboard, stage } from './support/shell.ts'
import { app, stack } from './support/stack.ts'

const slug = 'loss-development'
const { signedIn } = useBrowser()
const requestId = /[0-9a-f]{32}/

// Starting what runs does nothing.
afterEach(() => app(slug).start())

it('while an app is down, its dashboard says so, the others work, and it opens once the app is back', async () => {
  const one = await signedIn(await newcomer('acme-corp'))
  one.expectFaults(/502|app_unreachable/)
  const open = await openDashboard(one.page, slug)
  const shown = await figures(open, slug)
  await app(slug).stop()

  // What was open keeps what it shows, and names the request that was not answered.
  await choose(open, 'line-of-business', 'Product liability')
  const notice = one.page.locator('[data-notice]')
  await notice.getByText('did not answer').waitFor()
  expect(await notice.textContent()).toMatch(requestId)
  expect(await figures(open, slug)).toEqual(shown)
  await expectAccessible(one.page)
  await notice.getByRole('button', { name: 'Dismiss' }).click()
  expect(await notice.isVisible()).toBe(false)

  // What is opened now says so in words that an operator can look up.
  const late = await one.tab()
  await late.goto(`/dashboard/${slug}/`)
  await late.getByRole('heading', { name: 'The dashboard does not answer' }).waitFor()
  const said = (await late.locator('[data-failure-request]').textContent()) ?? ''
  const [id = 'none'] = requestId.exec(said) ?? []
  const log = await readFile(join(stack.logs, 'gateway.log'), 'utf8')
  expect(log.split('\n').filter((line) => line.includes(id) && line.includes(slug))).not.toEqual([])
  await expectAccessible(late)
  const beside = await one.tab()
  await figures(await openDashboard(beside, 'claims-monitor'), 'claims-monitor')

  await app(slug).start()
  await late.getByRole('button', { name: 'Try again' }).click()
  await stage(late, 'ready').waitFor()
  expect(await figures(dashboardFrame(late), slug)).toEqual(shown)
})
