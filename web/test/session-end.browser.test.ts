import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import { STAFF, VIEWER } from './models.ts'

const { now, open } = useBrowser()
const PATH = '/dashboard/loss-development/'

async function openReady(): Promise<Page> {
  const page = await open(PATH)
  await page.locator('[data-stage][data-state=ready]').waitFor()
  return page
}

const ended = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' })
const line = (page: Page) => page.frameLocator('iframe').getByLabel('Line')

async function look(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
}

/** Begins a request in the frame, whose answer the page keeps as `window.answer`. */
async function ask(page: Page, how: 'fetch' | 'xhr', body: string): Promise<void> {
  await page.frames()[1]?.evaluate(
    ([way, text]) => {
      const keep = (answer: unknown) => Object.assign(window, { answer })
      if (way === 'fetch') {
        void fetch(new Request('/app', { method: 'POST', body: text }))
          .then((response) => response.json())
          .then(keep)
        return
      }
      const request = new XMLHttpRequest()
      const heard: string[] = []
      for (const name of ['load', 'loadend', 'error']) {
        request.addEventListener(name, () => heard.push(`${name} ${request.status}`))
      }
      request.onloadend = () => keep({ ...(JSON.parse(request.responseText) as object), heard })
      request.open('POST', '/app')
      request.setRequestHeader('X-Own', 'kept')
      request.send(text)
    },
    [how, body] as const,
  )
}

const answer = (page: Page) =>
  page
    .frames()[1]
    ?.waitForFunction(() => (window as { answer?: unknown }).answer)
    .then((handle) => handle.jsonValue())

describe('a session that ends while somebody is at work', () => {
  it.each(['fetch', 'xhr'] as const)(
    'keeps what was typed, and sends a waiting %s once the person is back',
    async (how) => {
      const page = await openReady()
      await line(page).fill('half a wo')
      now().person = undefined
      await ask(page, how, 'from the callback')
      await ended(page).waitFor()
      await line(page).waitFor({ state: 'hidden' })
      expect(now().asked).toEqual([])

      now().person = STAFF
      await look(page)
      await ended(page).waitFor({ state: 'detached' })
      expect(await answer(page)).toMatchObject({ body: 'from the callback', tenant: 'acme-corp' })
      expect(now().asked).toEqual(['from the callback'])
      expect(await line(page).inputValue()).toBe('half a wo')
      await line(page).fill('half a word')
    },
  )

  it('tells an XMLHttpRequest of nothing but its end', async () => {
    const page = await openReady()
    now().person = undefined
    await ask(page, 'xhr', 'x')
    await ended(page).waitFor()
    now().person = STAFF
    await look(page)
    expect(await answer(page)).toMatchObject({ heard: ['load 200', 'loadend 200'] })
  })

  it('holds back what is asked while nobody is signed in', async () => {
    const page = await openReady()
    now().person = undefined
    await ask(page, 'fetch', 'first')
    await ended(page).waitFor()
    await ask(page, 'xhr', 'second')
    now().person = STAFF
    await look(page)
    await expect.poll(() => now().asked.toSorted()).toEqual(['first', 'second'])
  })

  it('lets a page give up a request that waits', async () => {
    const page = await openReady()
    now().person = undefined
    const given = page.frames()[1]?.evaluate(async () => {
      const giving = new AbortController()
      const waiting = fetch('/app', { method: 'POST', body: 'x', signal: giving.signal })
      const dialog = () => parent.document.querySelector('dialog')
      while (dialog() === null) await new Promise((resolve) => setTimeout(resolve, 20))
      giving.abort()
      return waiting.catch((fault: Error) => fault.name)
    })
    expect(await given).toBe('AbortError')
    now().person = STAFF
    await look(page)
    await ended(page).waitFor({ state: 'detached' })
    expect(now().asked).toEqual([])
  })

  it('offers a sign-in in a window of its own, after which the page goes on by itself', async () => {
    const page = await openReady()
    await line(page).fill('half a wo')
    now().person = undefined
    now().next = { person: STAFF, tenant: 'acme-corp' }
    await ask(page, 'fetch', 'x')
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      ended(page).getByRole('button', { name: 'Sign in' }).click(),
    ])
    await ended(page).waitFor({ state: 'detached' })
    expect(await line(page).inputValue()).toBe('half a wo')
    await expect.poll(() => popup.isClosed()).toBe(true)
  })

  it('asks staff who come back for another client to go on for this one', async () => {
    const page = await openReady()
    now().person = undefined
    now().next = { person: STAFF, tenant: 'globex' }
    await ask(page, 'fetch', 'x')
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      ended(page).getByRole('button', { name: 'Sign in' }).click(),
    ])
    const goOn = popup.getByRole('button', { name: 'Go on for Acme Corp' })
    await goOn.waitFor()
    expect(now().asked).toEqual([])
    await goOn.click()
    await ended(page).waitFor({ state: 'detached' })
    await expect.poll(() => now().asked).toEqual(['x'])
  })
})

describe('a page whose session has ended never goes on', () => {
  it('for somebody else', async () => {
    const page = await openReady()
    now().person = undefined
    await ask(page, 'fetch', 'of the first one')
    await ended(page).waitFor()
    now().person = VIEWER
    await look(page)
    await page.getByRole('dialog', { name: /signed in as viewer@acme.test/ }).waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
    now().person = STAFF
    await look(page)
    await page.locator('[data-stage][data-state=ready]:not([data-concealed])').waitFor()
    expect(now().asked).toEqual([])
  })

  it('for another client', async () => {
    const page = await openReady()
    now().person = undefined
    await ask(page, 'fetch', 'for acme')
    await ended(page).waitFor()
    Object.assign(now(), { person: STAFF, tenant: 'globex' })
    await look(page)
    await page.getByRole('dialog', { name: /working for Globex/ }).waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
    expect(now().asked).toEqual([])
  })

  it('after a sign-out in another tab', async () => {
    const page = await openReady()
    const other = await open('/')
    await other.locator('summary').click()
    await other.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('dialog', { name: 'You have been signed out' }).waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
  })
})

describe('callbacks over a WebSocket', () => {
  interface Heard {
    posted: string[]
    dash: string[]
  }

  /** The worker's page, as Dash is one: it posts requests, and hears what we let through. */
  async function startWorker(page: Page): Promise<void> {
    await page.frames()[1]?.evaluate(() => {
      const { port } = new SharedWorker('/worker.js')
      const heard: Heard = { posted: [], dash: [] }
      port.addEventListener('message', ({ data }: MessageEvent<Record<string, unknown>>) => {
        const { type, requestId } = (data['message'] ?? {}) as Record<string, unknown>
        if (data['type'] === 'posted') heard.posted.push(`${String(type)} ${String(requestId)}`)
        else heard.dash.push(String(data['type']))
      })
      port.start()
      Object.assign(window, {
        heard,
        post: (message: unknown) => port.postMessage(message),
        say: (message: unknown) => port.postMessage({ type: 'say', message }),
      })
    })
  }
  const inFrame = (page: Page, act: 'post' | 'say', message: Record<string, unknown>) =>
    page.frames()[1]?.evaluate(
      ([what, value]) => {
        ;(window as unknown as Record<string, (one: unknown) => void>)[what]?.(value)
      },
      [act, message] as const,
    )
  const heard = (page: Page) =>
    page.frames()[1]?.evaluate(() => (window as unknown as { heard: Heard }).heard)

  it('that were under way when the connection broke are asked again on the next one, once', async () => {
    const page = await openReady()
    await startWorker(page)
    await inFrame(page, 'post', { type: 'callback_request', requestId: 'answered' })
    await inFrame(page, 'say', { type: 'callback_response', requestId: 'answered' })
    await inFrame(page, 'post', { type: 'callback_request', requestId: 'lost' })
    await expect.poll(async () => (await heard(page))?.dash).toEqual(['callback_response'])
    await inFrame(page, 'say', { type: 'disconnected' })
    await inFrame(page, 'post', { type: 'callback_request', requestId: 'meanwhile' })
    await inFrame(page, 'say', { type: 'connected' })
    await expect
      .poll(async () => (await heard(page))?.posted)
      .toEqual([
        'callback_request answered',
        'callback_request lost',
        'callback_request meanwhile',
        'callback_request lost',
      ])
    // Dash would have answered what was under way with nothing.
    expect((await heard(page))?.dash).not.toContain('disconnected')
  })

  it('leave Dash to know of a break that lost nothing', async () => {
    const page = await openReady()
    await startWorker(page)
    await inFrame(page, 'say', { type: 'disconnected' })
    await expect.poll(async () => (await heard(page))?.dash).toEqual(['disconnected'])
  })

  it('connect again when the session goes on', async () => {
    const page = await openReady()
    await startWorker(page)
    await inFrame(page, 'post', { type: 'connect', requestId: 'c' })
    await expect.poll(async () => (await heard(page))?.posted).toEqual(['connect c'])
    now().person = undefined
    await ask(page, 'fetch', 'x')
    await ended(page).waitFor()
    now().person = STAFF
    await look(page)
    await expect.poll(async () => (await heard(page))?.posted).toEqual(['connect c', 'connect c'])
  })
})

describe('the end of a session', () => {
  const warning = (page: Page) => page.getByRole('region', { name: 'Are you still there?' })

  async function openWithLittleTime(seconds: number): Promise<Page> {
    now().endsAt = Date.now() + seconds * 1000
    now().person = { ...STAFF, secondsLeft: seconds, endsBy: now().endsBy }
    return openReady()
  }

  it('is told of before it comes, and is moved away by one click', async () => {
    const page = await openWithLittleTime(6)
    await warning(page).waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/signed out.*seconds left/s)
    now().endsAt = Date.now() + 600_000
    await warning(page).getByRole('button', { name: 'Stay signed in' }).click()
    await warning(page).waitFor({ state: 'detached' })
    expect(now().activity).toBe(1)
  })

  it('is not told of when another tab has moved it', async () => {
    now().person = { ...STAFF, secondsLeft: 3, endsBy: 'idle' }
    const page = await openReady()
    await page.waitForResponse('/session')
    expect(await warning(page).count()).toBe(0)
  })

  it('asks for a new sign-in when the session is too old to be kept', async () => {
    now().endsBy = 'age'
    const page = await openWithLittleTime(6)
    const old = page.getByRole('region', { name: 'Time to sign in again' })
    await old.waitFor()
    now().endsAt = Date.now() + 600_000
    now().next = { person: STAFF, tenant: 'acme-corp' }
    await old.getByRole('button', { name: 'Sign in again' }).click()
    await old.waitFor({ state: 'detached' })
  })

  it('moves away while somebody types in the dashboard, not while its scripts work', async () => {
    const page = await openWithLittleTime(30)
    await page.frames()[1]?.evaluate(async () => {
      for (let times = 0; times < 5; times += 1) {
        document.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true }))
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    })
    expect(now().activity).toBe(0)
    await line(page).click()
    await expect
      .poll(async () => {
        await page.keyboard.press('a')
        return now().activity
      })
      .toBeGreaterThan(0)
  })

  it('covers the page when it has come, with the dashboard kept beneath', async () => {
    const page = await openWithLittleTime(3)
    await line(page).fill('kept')
    now().person = undefined
    await ended(page).waitFor()
    now().person = STAFF
    now().endsAt = Date.now() + 600_000
    await look(page)
    await ended(page).waitFor({ state: 'detached' })
    expect(await line(page).inputValue()).toBe('kept')
  })
})
