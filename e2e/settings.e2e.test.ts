import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { assignmentConfig } from '../dev/demo-config.ts'
import { GLOBEX } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { figures, isHidden } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, openDashboard } from './support/shell.ts'
import { operate } from './support/stack.ts'
import { openingTotal } from './support/truth.ts'

const slug = 'loss-development'
const { signedIn } = useBrowser()

/** What a viewer of a tenant, who has never been here, finds in a dashboard. */
async function opened(tenantId: string) {
  const { page, ...person } = await signedIn(await newcomer(tenantId))
  const frame = await openDashboard(page, slug)
  await figures(frame, slug)
  return { ...person, page, frame }
}

async function offered(frame: FrameLocator): Promise<string[]> {
  await frame.locator('#line-of-business').click()
  const options = await frame.locator('.dash-dropdown-option').allTextContents()
  await frame.locator('body').press('Escape')
  return options
}

const bases = (frame: FrameLocator) => frame.locator('#basis label').allTextContents()
const chosen = async (frame: FrameLocator) => ({
  line: await frame.locator('#line-of-business').textContent(),
  basis: await frame.locator('#basis input:checked').getAttribute('value'),
})
const hidden = async (frame: FrameLocator) => {
  const parts = ['#triangle', '#factors', '#ultimates', '#results']
  const all = await Promise.all(parts.map((id) => isHidden(frame, id)))
  return parts.filter((_, index) => all[index])
}

describe('tenants find in one and the same dashboard', () => {
  it('other choices, other defaults, and other parts hidden', async () => {
    const acme = await opened('acme-corp')
    expect(await hidden(acme.frame)).toEqual([])
    expect(await offered(acme.frame)).toEqual([
      'All lines',
      'Commercial auto',
      'Other liability',
      'Private passenger auto',
      'Product liability',
      "Workers' compensation",
    ])
    expect(await chosen(acme.frame)).toMatchObject({ line: 'All lines', basis: 'paid' })

    const globex = await opened('globex')
    expect(await hidden(globex.frame)).toEqual(['#factors'])
    expect(await offered(globex.frame)).toEqual([
      'All lines',
      'Commercial auto',
      'Private passenger auto',
      'Product liability',
    ])
    expect(await chosen(globex.frame)).toMatchObject({ line: 'All lines', basis: 'incurred' })

    const initech = await opened('initech')
    expect(await hidden(initech.frame)).toEqual(['#ultimates'])
    expect(await offered(initech.frame)).toEqual(['Commercial auto', 'Private passenger auto'])
    expect(await bases(initech.frame)).toEqual(['Incurred'])
    expect(await chosen(initech.frame)).toMatchObject({ line: 'Private passenger auto' })
  })

  it('sums of what they may choose, and of nothing else', async () => {
    for (const tenantId of ['globex', 'initech']) {
      const { frame } = await opened(tenantId)
      const total = (await openingTotal(tenantId)).toLocaleString('en-US')
      expect(await frame.locator('#total-latest').textContent()).toBe(total)
    }
  })

  it('figures only of the parts that they see', async () => {
    const { page } = await signedIn(await newcomer('globex'))
    const answers: Promise<string>[] = []
    page.on('response', (response) => {
      if (response.url().includes('_dash-update-component')) answers.push(response.text())
    })
    await figures(await openDashboard(page, slug), slug)
    const drawn = (await Promise.all(answers)).find((text) => text.includes('"triangle"'))
    expect(Object.keys((JSON.parse(drawn ?? '{}') as Shown).response)).toEqual(
      expect.arrayContaining(['summary', 'triangle', 'ultimates', 'results']),
    )
    expect(drawn).not.toContain('Volume-weighted')
  })
})

interface Shown {
  readonly response: Record<string, unknown>
}
interface Callback {
  readonly inputs: readonly { readonly id: string; value: unknown }[]
}

/** Sends the callback that draws the figures as the page itself does, with another line of business. */
async function forger(page: Page, frame: FrameLocator) {
  const [sent] = await Promise.all([
    page.waitForRequest(
      (request) =>
        request.url().includes('_dash-update-component') &&
        (request.postData() ?? '').includes('triangle'),
    ),
    frame.getByText('Paid', { exact: true }).click(),
  ])
  return (line: unknown) => {
    const body = sent.postDataJSON() as Callback
    for (const input of body.inputs) if (input.id === 'line-of-business') input.value = line
    return frame.locator('body').evaluate(
      async (_element, [url, json]) => {
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
        const answer = await fetch(url, { method: 'POST', body: json, headers })
        return { status: answer.status, text: await answer.text() }
      },
      [sent.url(), JSON.stringify(body)] as const,
    )
  }
}

it('a value that is not offered gives no figures, whoever writes the request', async () => {
  const one = await opened('globex')
  one.expectFaults(/403/)
  const craft = await forger(one.page, one.frame)
  const honest = await craft('Commercial auto')
  expect([honest.status, honest.text.includes('figure')]).toEqual([200, true])
  for (const line of ["Workers' compensation", 'Other liability', ['All lines'], null]) {
    const { status, text } = await craft(line)
    expect([line, status, text.includes('figure')]).toEqual([line, 403, false])
    expect(JSON.parse(text)).toMatchObject({ error: 'not_allowed' })
  }
})

describe('a change of settings', () => {
  const assign = (config: object) =>
    operate('POST', '/admin/tenants/globex/dashboards', { slug, position: 0, config })
  afterAll(() => assign(assignmentConfig['globex']?.[slug] ?? {}))

  it('shows in the list and in the dashboard at the next look, without a restart', async () => {
    const { page } = await signedIn(GLOBEX)
    await assign({
      filters: { basis: { options: ['paid'], default: 'paid' } },
      visible: { triangle: false, factors: true },
      shell: { title: 'Losses <Globex>', description: 'As they develop & "emerge"' },
    })
    await expect
      .poll(async () => {
        await page.goto('/')
        return page.locator('.cards a').first().textContent()
      })
      .toBe('Losses <Globex>')
    expect(await page.locator('.cards').textContent()).toContain('As they develop & "emerge"')

    // What each process of the app has heard last counts for a second more.
    await expect.poll(async () => bases(await openDashboard(page, slug))).toEqual(['Paid'])
    await expect.poll(async () => hidden(await openDashboard(page, slug))).toEqual(['#triangle'])
    const frame = dashboardFrame(page)
    expect(await page.locator('h1').textContent()).toBe('Losses <Globex>Globex')
    expect(await frame.locator('h1').textContent()).toBe('Losses <Globex>')
  })
})
