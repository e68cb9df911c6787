import type { FrameLocator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { STAFF } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { newcomer } from './support/newcomer.ts'
import { chooseTenant, openDashboard, signIn, signOut } from './support/shell.ts'
import { stack } from './support/stack.ts'

const { signedIn } = useBrowser()

/** Keeps something everywhere that a browser lets a page keep something. */
const keep = (frame: FrameLocator) =>
  frame.locator('body').evaluate(`(async () => {
    localStorage.setItem('kept', '1')
    sessionStorage.setItem('kept', '1')
    await (await caches.open('kept')).put('/kept', new Response('1'))
    await (await navigator.storage.getDirectory()).getFileHandle('kept', { create: true })
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open('kept')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => resolve(opening.result.close())
    })
  })()`)

/** Where something is kept still. */
const kept = (frame: FrameLocator): Promise<string[]> =>
  frame.locator('body').evaluate(`(async () => {
    const files = []
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name)
    return [
      ...Object.keys(localStorage).filter((key) => key === 'kept').map(() => 'localStorage'),
      ...Object.keys(sessionStorage).filter((key) => key === 'kept').map(() => 'sessionStorage'),
      ...(await caches.keys()).map(() => 'cache'),
      ...files.map(() => 'file'),
      ...(await indexedDB.databases()).map(() => 'database'),
    ]
  })()`)

const everywhere = ['localStorage', 'sessionStorage', 'cache', 'file', 'database']

describe('R10: what a dashboard kept in the browser', () => {
  it('is gone after a sign-out, in all tabs, and nothing of other programs with it', async () => {
    const login = await newcomer('acme-corp')
    const { page, context, tab, expectFaults } = await signedIn(login)
    // Until the next sign-in the other tab may ask who is there.
    expectFaults(/401/)
    const other = await tab()
    await context.addCookies([{ name: 'of-another-program', value: '1', url: stack.publicUrl }])
    await keep(await openDashboard(page, 'claims-monitor'))
    await keep(await openDashboard(other, 'loss-development'))
    expect(await kept(await openDashboard(page, 'claims-monitor'))).toEqual(everywhere)

    await signOut(page)
    await signIn(page, login)
    expect(await kept(await openDashboard(page, 'claims-monitor'))).toEqual([])
    expect(await kept(await openDashboard(other, 'loss-development'))).toEqual([])
    expect(await context.cookies(stack.publicUrl)).toContainEqual(
      expect.objectContaining({ name: 'of-another-program' }),
    )
  })

  it('stays when staff look at another tenant, and is out of that one’s reach', async () => {
    const { page } = await signedIn(STAFF)
    await chooseTenant(page, 'Acme Corp')
    await keep(await openDashboard(page, 'claims-monitor'))
    await chooseTenant(page, 'Globex')
    expect(await kept(await openDashboard(page, 'claims-monitor'))).toEqual([])
    await chooseTenant(page, 'Acme Corp')
    expect(await kept(await openDashboard(page, 'claims-monitor'))).toEqual(everywhere)
  })
})
