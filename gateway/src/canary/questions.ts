import { asFrame, asScript, asWindow, type Answer, type Browser } from './browser.ts'
import {
  apply,
  callbackBody,
  inOrder,
  takeIn,
  type Dependency,
  type PageState,
} from './callbacks.ts'
import type { CanaryTenant } from './settings.ts'

/** Where an answer came from, as a few words that can be a label. */
export const surfaces = [
  'home',
  'session',
  'shell',
  'page',
  'layout',
  'dependencies',
  'callback',
  'preferences',
  'data_api',
] as const
export type Surface = (typeof surfaces)[number]

export interface Asked {
  readonly surface: Surface
  /** Nothing for what belongs to no dashboard. */
  readonly dashboard: string
  /** Nothing where the connection broke. */
  readonly answer: Answer | undefined
  readonly fault: string | undefined
}

/** A dashboard has some callbacks that are called when it opens; a hundred would be a fault of its own. */
const mostCallbacks = 60

export interface Asker {
  readonly browser: Browser
  readonly publicUrl: string
  readonly tenant: CanaryTenant
  /** The canary's own app, whose layout is what the data API says. */
  readonly ownSlug: string
}

type Note = (
  surface: Surface,
  dashboard: string,
  ask: () => Promise<Answer>,
) => Promise<Answer | undefined>

/** Asks what every page of somebody who is signed in asks; answers with their dashboards. */
export async function askShell({ browser, publicUrl }: Asker, note: Note): Promise<string[]> {
  await note('session', '', () => browser.ask(`${publicUrl}/session`, { headers: asScript }))
  const home = await note('home', '', () => browser.ask(`${publicUrl}/`, { headers: asWindow }))
  const links = home?.text.matchAll(/href="\/dashboard\/([a-z0-9-]{1,63})\//g) ?? []
  return [...new Set([...links].map(([, slug = '']) => slug))]
}

/** Asks a dashboard for all that a browser asks it for until its figures are there. */
export async function askDashboard(asker: Asker, dashboard: string, note: Note): Promise<void> {
  const { browser, publicUrl, ownSlug } = asker
  const base = `${publicUrl}/dashboard/${dashboard}/`
  const read = (surface: Surface, path: string, headers: Record<string, string> = asScript) =>
    note(surface, dashboard, () => browser.ask(base + path, { headers }))
  await read('shell', '', asWindow)
  await askPreferences(asker, dashboard, note)
  if (dashboard === ownSlug) {
    await read('data_api', '_dash-layout')
    return
  }
  await read('page', '', asFrame)
  const layout = await read('layout', '_dash-layout')
  const dependencies = await read('dependencies', '_dash-dependencies')
  if (layout?.status !== 200 || dependencies?.status !== 200) return
  await askCallbacks(asker, dashboard, note, {
    layout: layout.text,
    dependencies: dependencies.text,
  })
}

/** Saves what holds the own mark, then reads all that is saved. */
async function askPreferences(
  { browser, publicUrl, tenant }: Asker,
  dashboard: string,
  note: Note,
): Promise<void> {
  const url = `${publicUrl}/api/preferences/${dashboard}`
  const headers = { ...asScript, origin: publicUrl, 'content-type': 'application/json' }
  const body = JSON.stringify({ value: { canary: tenant.mark }, isDefault: false })
  await note('preferences', dashboard, () =>
    browser.ask(`${url}/isolation-canary`, { method: 'PUT', headers, body }),
  )
  await note('preferences', dashboard, () => browser.ask(url, { headers: asScript }))
}

async function askCallbacks(
  { browser, publicUrl }: Asker,
  dashboard: string,
  note: Note,
  page: { readonly layout: string; readonly dependencies: string },
): Promise<void> {
  const state: PageState = new Map()
  takeIn(state, JSON.parse(page.layout))
  const headers = { ...asScript, origin: publicUrl, 'content-type': 'application/json' }
  const called = inOrder(JSON.parse(page.dependencies) as Dependency[]).slice(0, mostCallbacks)
  for (const one of called) {
    const body = callbackBody(one, state)
    if (body === undefined) continue
    const answer = await note('callback', dashboard, () =>
      browser.ask(`${publicUrl}/dashboard/${dashboard}/_dash-update-component`, {
        method: 'POST',
        headers,
        body,
      }),
    )
    if (answer?.status === 200) apply(state, answer.text)
  }
}
