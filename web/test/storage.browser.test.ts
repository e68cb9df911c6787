import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import { STAFF } from './models.ts'

const { now, open } = useBrowser()
const LOSS = '/dashboard/loss-development/'
const CLAIMS = '/dashboard/claims-monitor/'

/** Helpers of the app's script, and what it uses of them. */
const APP = `
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const put = async (database, value) => {
    const opening = indexedDB.open(database)
    opening.onupgradeneeded = () => opening.result.createObjectStore('s')
    const db = await done(opening)
    await done(db.transaction('s', 'readwrite').objectStore('s').put(value, 'k'))
    db.close()
    return db.name
  }
  const get = async (database) => {
    const opening = indexedDB.open(database)
    opening.onupgradeneeded = () => opening.result.createObjectStore('s')
    const db = await done(opening)
    const value = await done(db.transaction('s').objectStore('s').get('k'))
    db.close()
    return value
  }
  const listed = async () => (await indexedDB.databases()).map(({ name }) => name)
  const cached = async (response) => response && (await response.text())
`

async function inApp(page: Page, work: string): Promise<unknown> {
  await page.locator('[data-stage][data-state=ready]').waitFor()
  return page.frames()[1]?.evaluate(`(async () => { ${APP}; return ${work} })()`)
}

const at = async (page: Page, path: string, work: string) => {
  await page.goto(path)
  return inApp(page, work)
}

/** The same for another dashboard, another tenant and another person; then for the first ones again. */
async function elsewhere(page: Page, work: string): Promise<unknown[]> {
  const seen = [await at(page, CLAIMS, work)]
  now().tenant = 'globex'
  seen.push(await at(page, LOSS, work))
  now().tenant = 'acme-corp'
  now().person = { ...STAFF, email: 'somebody.else@kyros.test' }
  seen.push(await at(page, LOSS, work))
  now().person = STAFF
  return seen
}

describe('R10: what a dashboard keeps in the browser is its own for one tenant and person', () => {
  it('in databases', async () => {
    const page = await open(LOSS)
    expect(await inApp(page, `await put('figures', 'of acme')`)).toBe('figures')
    const work = `[await listed(), await get('figures'), await listed()]`
    const nothing = [[], undefined, ['figures']]
    expect(await elsewhere(page, work)).toEqual([nothing, nothing, nothing])
    expect(await at(page, LOSS, `[await listed(), await get('figures')]`)).toEqual([
      ['figures'],
      'of acme',
    ])
    await inApp(page, `await done(indexedDB.deleteDatabase('figures')), 0`)
    expect(await inApp(page, `await listed()`)).toEqual([])
    expect(await at(page, CLAIMS, `await listed()`)).toEqual(['figures'])
  })

  it('in caches', async () => {
    const page = await open(LOSS)
    const fill = `await (await caches.open('c')).put('/x', new Response('of acme')), await caches.keys()`
    expect(await inApp(page, `(${fill})`)).toEqual(['c'])
    const work = `[await caches.keys(), await caches.has('c'), await cached(await caches.match('/x')),
      await cached(await caches.match('/x', { cacheName: 'c' })), await caches.delete('c')]`
    const nothing = [[], false, undefined, undefined, false]
    expect(await elsewhere(page, work)).toEqual([nothing, nothing, nothing])
    expect(await at(page, LOSS, work)).toEqual([['c'], true, 'of acme', 'of acme', true])
    expect(await inApp(page, `await caches.keys()`)).toEqual([])
  })

  it('in files', async () => {
    const page = await open(LOSS)
    const names = `(async () => { const all = []; for await (const name of (await navigator.storage.getDirectory()).keys()) all.push(name); return all })()`
    await inApp(
      page,
      `await (await navigator.storage.getDirectory()).getFileHandle('f', { create: true }), 0`,
    )
    expect(await elsewhere(page, `await ${names}`)).toEqual([[], [], []])
    expect(await at(page, LOSS, `await ${names}`)).toEqual(['f'])
  })

  it('in the name of its window', async () => {
    const page = await open(LOSS)
    await inApp(page, `window.name = 'of acme'`)
    const frame = page.frames()[1]
    await frame?.evaluate(() => location.reload())
    await frame?.waitForFunction(() => document.querySelector('#figures') !== null)
    expect(await inApp(page, `window.name`)).toBe('')
  })
})

it('R10: dashboards neither see nor set cookies of the host', async () => {
  const page = await open(LOSS)
  await page.locator('[data-stage][data-state=ready]').waitFor()
  const { origin } = new URL(page.url())
  await page.context().addCookies([{ name: 'other', value: '1', url: origin }])
  const seen = `(document.cookie = 'own=1; path=/', [document.cookie, 'cookieStore' in window])`
  expect(await inApp(page, seen)).toEqual(['', false])
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['other'])
})

describe('R10: a channel of a dashboard', () => {
  const listen = `(window.heard = [], window.channel = new BroadcastChannel('dashgate'),
    channel.onmessage = ({ data }) => heard.push(data), channel.name)`
  const say = (text: string) =>
    `(new BroadcastChannel('dashgate').postMessage(${JSON.stringify(text)}), 0)`

  it('reaches its own tabs, but no other dashboard and no shell', async () => {
    const listener = await open(LOSS)
    expect(await inApp(listener, listen)).toBe('dashgate')
    const same = await open(LOSS)
    const other = await open(CLAIMS)
    await inApp(other, say('from another'))
    await inApp(other, `(new BroadcastChannel('dashgate').postMessage({ type: 'signed-out' }), 0)`)
    await inApp(same, say('from our own'))
    await listener.frames()[1]?.waitForFunction('heard.length > 0')
    expect(await inApp(listener, 'heard')).toEqual(['from our own'])
    expect(await listener.getByRole('dialog').count()).toBe(0)
  })

  it('that is a shared worker is another one for another dashboard', async () => {
    const count = `(window.worker = new SharedWorker('/counter.js', 'one'), worker.port.start(),
      await new Promise((resolve) => { worker.port.onmessage = ({ data }) => resolve(data) }))`
    expect(await inApp(await open(LOSS), count)).toBe(1)
    expect(await inApp(await open(CLAIMS), count)).toBe(1)
    expect(await inApp(await open(LOSS), count)).toBe(2)
  })
})
