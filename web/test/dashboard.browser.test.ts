import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import type { Situation } from './stand-in-gateway.ts'

const { now, open } = useBrowser()
const PATH = '/dashboard/loss-development/'

const stage = (page: Page, state: string) => page.locator(`[data-stage][data-state=${state}]`)
const figures = (page: Page) => page.frameLocator('iframe').locator('#figures')

async function openWith(act: Situation['apps'][string], path = PATH): Promise<Page> {
  now().apps['loss-development'] = act
  return open(path)
}

describe('a dashboard that renders', () => {
  it('shows that it loads, and then the app', async () => {
    const page = await openWith('render')
    await figures(page).waitFor()
    await stage(page, 'ready').waitFor()
    expect(await page.locator('.stage-skeleton').isVisible()).toBe(false)
  })

  it('gives the styles that it adds at run time the nonce', async () => {
    const page = await openWith('render')
    await figures(page).waitFor()
    const colour = await figures(page).evaluate((element) => getComputedStyle(element).color)
    expect(colour).toBe('rgb(1, 2, 3)')
  })

  it('may be a document without our script: it is shown as it is', async () => {
    const page = await openWith('plain')
    await stage(page, 'ready').waitFor()
    await page.frameLocator('iframe').getByText('plain figures').waitFor()
  })
})

describe('a dashboard that fails', () => {
  it('says what our error page in the frame says, with the request, and can be tried again', async () => {
    const page = await openWith('down')
    await stage(page, 'failed').waitFor()
    await page.getByRole('heading', { name: 'The dashboard does not answer' }).waitFor()
    expect(await page.locator('[data-failure-request]').textContent()).toContain('0f8c2b6e')
    now().apps['loss-development'] = 'render'
    await page.getByRole('button', { name: 'Try again' }).click()
    await stage(page, 'ready').waitFor()
    await figures(page).waitFor()
  })

  it('says so when Dash itself gives up', async () => {
    const page = await openWith('fail')
    await stage(page, 'failed').waitFor()
    await page.getByRole('heading', { name: 'This dashboard did not load' }).waitFor()
  })

  it('says so when the connection breaks', async () => {
    const page = await openWith('drop')
    await stage(page, 'failed').waitFor()
  })

  it('says so when nothing has come for 30 seconds, and opens if it comes after all', async () => {
    const page = await open('/home')
    await page.clock.install()
    now().apps['loss-development'] = 'hang'
    await page.goto(PATH)
    await stage(page, 'loading').waitFor()
    await page.clock.fastForward(29_000)
    expect(await stage(page, 'loading').count()).toBe(1)
    await page.clock.fastForward(2_000)
    await page.getByRole('heading', { name: 'This dashboard is taking long' }).waitFor()
    const entry = page.frameLocator('iframe').locator('#react-entry-point')
    await entry.evaluate((element) => {
      element.innerHTML = '<p id="figures">late</p>'
    })
    await stage(page, 'ready').waitFor()
  })

  it('ends in words and a way to sign in when the session has ended', async () => {
    const page = await openWith('expired', `${PATH}?lob=auto`)
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    const link = dialog.getByRole('link', { name: 'Start afresh' })
    const back = encodeURIComponent(`${PATH}?lob=auto`)
    expect(await link.getAttribute('href')).toBe(`/login?return_to=${back}`)
    await dialog.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.locator('iframe').waitFor({ state: 'hidden' })
  })
})

describe('requests of a dashboard', () => {
  it('say for which tenant the page was made, by fetch and by XMLHttpRequest', async () => {
    const page = await openWith('render')
    const fetched = await inFrame(
      page,
      `fetch(new Request('/echo', { headers: { 'X-Own': 'kept' } })).then((r) => r.json())`,
    )
    expect(fetched).toMatchObject({ 'x-dashgate-tenant': 'acme-corp', 'x-own': 'kept' })
    const asked = await inFrame(
      page,
      `new Promise((resolve) => {
        const request = new XMLHttpRequest()
        request.open('GET', '/echo')
        request.onload = () => resolve(JSON.parse(request.responseText))
        request.send()
      })`,
    )
    expect(asked).toMatchObject({ 'x-dashgate-tenant': 'acme-corp' })
  })

  it('that the gateway could not pass on are named in a notice that can be dismissed', async () => {
    const page = await openWith('render')
    await inFrame(page, `fetch('/refuse?status=502&code=app_unreachable').then(() => ({}))`)
    const notice = page.locator('[data-notice]')
    await notice.getByText('Part of this dashboard did not answer (request req-7).').waitFor()
    await notice.getByRole('button', { name: 'Dismiss' }).click()
    expect(await notice.isVisible()).toBe(false)
    expect(await stage(page, 'ready').count()).toBe(1)
  })

  it('that a callback makes in vain name its part, which comes when they are retried', async () => {
    now().failing = 1
    const page = await openWith('dash')
    const body = JSON.stringify({ output: 'paid.children' })
    const ask = `fetch('${PATH}_dash-update-component', { method: 'POST', body: '${body}' }).then(() => ({}))`
    await inFrame(page, ask)
    const notice = page.locator('[data-notice]')
    await notice.getByText('“Paid to date” did not answer (request req-7).').waitFor()
    await notice.getByRole('button', { name: 'Try again' }).click()
    await page.frameLocator('iframe').getByText('120 paid').waitFor()
    await notice.waitFor({ state: 'hidden' })
  })

  it('that find no session cover the page', async () => {
    const page = await openWith('render')
    await inFrame(page, `void fetch('/refuse?status=401&code=session_expired')`)
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  })

  it('that waited for a socket which was closed with the session end in words too', async () => {
    const page = await openWith('render')
    await stage(page, 'ready').waitFor()
    now().person = undefined
    await inFrame(
      page,
      `(() => {
        const told = 'onconnect = ({ ports: [port] }) => port.postMessage({ type: "disconnected" })'
        const worker = new SharedWorker(URL.createObjectURL(new Blob([told])))
        worker.port.start()
        return worker instanceof SharedWorker
      })()`,
    )
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  })

  it('that find another tenant cover the page and name that tenant', async () => {
    const page = await openWith('render')
    await stage(page, 'ready').waitFor()
    now().tenant = 'globex'
    await inFrame(page, `fetch('/refuse?status=409&code=tenant_mismatch').then(() => ({}))`)
    await page.getByRole('dialog', { name: /You are now working for Globex/ }).waitFor()
  })
})

describe('the address bar', () => {
  it('follows the app’s own navigation, title included, and so does the back button', async () => {
    const page = await open('/home')
    await page.goto(PATH)
    await stage(page, 'ready').waitFor()
    const frame = page.frames()[1]
    const steps = await page.evaluate(() => history.length)
    await frame?.evaluate(() => {
      history.pushState(null, '', 'ultimates?lob=auto#mack')
      document.title = 'Ultimates'
      window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'))
    })
    await page.waitForURL(`**${PATH}ultimates?lob=auto#mack`)
    await page.waitForFunction(() => document.title === 'Ultimates · Acme Corp')
    expect(await page.evaluate(() => history.length)).toBe(steps + 1)
    await page.goBack()
    await page.waitForURL(`**${PATH}`)
    await page.goForward()
    await page.waitForURL(`**${PATH}ultimates?lob=auto#mack`)
  })

  it('brings a shared link’s fragment into the app', async () => {
    const page = await openWith('render', `${PATH}page?x=1#mack`)
    await stage(page, 'ready').waitFor()
    expect(await page.frames()[1]?.evaluate(() => location.hash)).toBe('#mack')
    expect(new URL(page.url()).hash).toBe('#mack')
  })

  it('keeps away from paths outside the dashboard', async () => {
    const page = await openWith('render')
    await stage(page, 'ready').waitFor()
    await page.frames()[1]?.evaluate(() => history.pushState(null, '', '/elsewhere'))
    await page
      .frames()[1]
      ?.evaluate(() => history.pushState(null, '', '/dashboard/loss-development/b'))
    await page.waitForURL(`**${PATH}b`)
    expect(page.url()).not.toContain('elsewhere')
  })

  it('goes to another dashboard’s own page when a link in the frame leads there', async () => {
    const page = await openWith('render')
    await stage(page, 'ready').waitFor()
    const steps: string[] = []
    await page.route('**/dashboard/**', async (route, request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        steps.push(new URL(request.url()).pathname)
        // Slow enough for the frame to say more of itself while the page is being left.
        await sleep(1000)
      }
      await route.continue().catch(() => undefined)
    })
    const frame = page.frames()[1]
    await frame?.evaluate(() => {
      location.href = '/dashboard/claims-monitor/'
    })
    await frame?.waitForURL('**/dashboard/claims-monitor/', { waitUntil: 'commit' })
    // The frame may be gone already.
    const further = frame?.evaluate(() => {
      document.title = 'Further words'
    })
    await further?.catch(() => undefined)
    await page.getByRole('heading', { name: 'Claims monitor' }).waitFor()
    await stage(page, 'ready').waitFor()
    expect(steps).toEqual(['/dashboard/claims-monitor/'])
  })
})

it('takes no message from a frame that is not its own', async () => {
  const page = await openWith('render')
  await stage(page, 'ready').waitFor()
  await page.evaluate(async () => {
    window.postMessage({ type: 'dashgate:session-ended' }, location.origin)
    const stranger = document.createElement('iframe')
    stranger.src = '/signed-out'
    document.body.append(stranger)
    await new Promise((resolve) => stranger.addEventListener('load', resolve))
  })
  const [, own, stranger] = page.frames()
  await stranger?.evaluate(() => parent.postMessage({ type: 'dashgate:session-ended' }, '*'))
  // Messages arrive in order: once the own frame's is shown, the others have been passed over.
  await own?.evaluate(() => fetch('/refuse?status=502&code=app_unreachable').then(() => undefined))
  await page.getByText('Part of this dashboard did not answer').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
})

async function inFrame(page: Page, work: string) {
  await stage(page, 'ready').waitFor()
  return page.frames()[1]?.evaluate<Record<string, string>>(work)
}
