import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FrameLocator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../dev/paths.ts'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { type OwnApp, startOwnApp } from './support/own-app.ts'
import { openDashboard } from './support/shell.ts'
import { viewsMenu } from './support/views-menu.ts'

const { signedIn } = useBrowser()

interface Case {
  slug: string
  /** The page of the app with its filters. */
  path?: string
  /** The filter, and what is in the page once the app is. */
  filter: string
  opened: (frame: FrameLocator) => Promise<unknown>
}

const cases: Case[] = [
  {
    slug: 'loss-development',
    filter: 'line-of-business',
    opened: (frame) => figures(frame, 'loss-development'),
  },
  {
    slug: 'claims-monitor',
    filter: 'line-of-business',
    opened: (frame) => figures(frame, 'claims-monitor'),
  },
  {
    slug: 'reserve-variability',
    path: 'bootstrap',
    filter: 'line-of-business',
    opened: (frame) => frame.locator('#start').waitFor(),
  },
  {
    slug: 'from-the-readme',
    filter: 'line',
    opened: (frame) => frame.locator('#paid').getByText('paid').waitFor(),
  },
]

let folder: string
let app: OwnApp | undefined

/** The example of `dash-apps/README.md` as it stands there, put into a file by somebody new. */
beforeAll(async () => {
  const readme = await readFile(join(root, 'dash-apps', 'README.md'), 'utf8')
  const example = /```python\n(.*?)```/s.exec(readme)?.[1] ?? ''
  folder = await mkdtemp(join(tmpdir(), 'dashgate-readme-'))
  await writeFile(join(folder, 'app.py'), example)
  app = await startOwnApp('from-the-readme', 'From the README', 'acme-corp', folder)
})
afterAll(async () => {
  await app?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.each(cases)('a view of $slug', ({ slug, path = '', filter, opened }) => {
  const line = (frame: FrameLocator) => frame.locator(`#${filter}`).textContent()

  it('is kept by the shell, comes back, and is there again by its link', async () => {
    const { page, context } = await signedIn(await newcomer('acme-corp'))
    const frame = await openDashboard(page, slug, path)
    await opened(frame)
    await choose(frame, filter, 'Product liability')
    const views = viewsMenu(page)
    await views.saveAs('Year end')
    expect(await views.shown()).toBe('Year end')
    await expectAccessible(page)

    await views.close()
    await choose(frame, filter, 'Commercial auto')
    await views.changed.waitFor()
    await views.choose('Year end')
    await expect.poll(() => line(frame)).toContain('Product liability')
    await views.changed.waitFor({ state: 'hidden' })

    const later = await context.newPage()
    await later.goto(page.url())
    expect(new URL(page.url()).pathname).toBe(`/dashboard/${slug}/${path}`)
    expect(page.url()).toMatch(/\?view=[0-9a-f-]{36}$/)
    await later.locator('[data-stage][data-state=ready]').waitFor()
    await expect.poll(() => line(later.frameLocator('iframe'))).toContain('Product liability')
  })
})
