import { beforeAll, describe, expect, it } from 'vitest'
import { corpusLines, corpusMessages } from '../test-support/corpus.ts'
import { rawOperator } from './support/raw-operator.ts'
import { sendRaw } from './support/raw.ts'
import { operate, publicPort, signedIn, stack, staffFor } from './support/stack.ts'
import { asNavigation, type Visitor } from './support/visitor.ts'

/** Inputs that others have collected; where they are not at hand these few stand for them. */
const redirects = [
  '//evil.example',
  '/\\evil.example',
  'https:evil.example',
  `http://localhost.evil.example:${publicPort}/`,
  ...corpusLines('open-redirects.txt'),
]
const traversals = [
  '../{FILE}',
  '..%2f{FILE}',
  '%2e%2e/{FILE}',
  ...corpusLines('path-traversal.txt'),
]
const splits = ['%0d%0aSet-Cookie:crlf=injection', ...corpusLines('crlf-injection.txt')]

/** A field that such a text has made. The sealed values of our own cookies may hold any letters. */
const injected = /^(?:set-cookie: *crlf|crlf)/im

let acme: Visitor
let staff: Visitor
beforeAll(async () => {
  acme = await signedIn('viewer@acme.test')
  staff = await staffFor('acme-corp')
})

/** As it was collected, and as it is meant. */
function forms(text: string): string[] {
  try {
    return [...new Set([text, decodeURIComponent(text)])]
  } catch {
    return [text]
  }
}

/** Runs through a list a few at a time. */
async function each<T>(all: readonly T[], look: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = all.values()
  const worker = async () => {
    for (const one of waiting) await look(one)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

/** The status of a raw GET; 0 where the connection was closed. */
const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)

const unescaped = (html: string) =>
  html.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&') // prettier-ignore

/** Whether a browser that is sent there stays with us, and on a page that is ours to give. */
function staysHere(target: string): boolean {
  const url = URL.parse(target, stack.publicUrl)
  return target.startsWith('/') && !/^\/[\\/]/.test(target) && url?.origin === stack.publicUrl
}

describe('O2, V8, V11, V26: a place to go back to', () => {
  const targets = redirects.flatMap(forms)

  it('is one of ours in the chooser of tenants, whatever is asked for', async () => {
    const strayed: string[] = []
    await each(targets, async (target) => {
      const path = `/tenant?return_to=${encodeURIComponent(target.toWellFormed())}`
      const { status, text } = await staff.ask(path, { headers: asNavigation })
      const field = /name="return_to"[^>]*value="([^"]*)"/.exec(text)?.[1]
      if (status !== 200 || field === undefined || !staysHere(unescaped(field)))
        strayed.push(target)
    })
    expect(strayed).toEqual([])
  }, 120_000)

  it('is one of ours after a switch of tenant and after a sign-in', async () => {
    const some = targets.filter((_, index) => index % 40 === 0)
    for (const target of some) {
      const answer = await staff.submit('/tenant', {
        tenant: 'acme-corp',
        return_to: target.toWellFormed(),
      })
      expect(answer.status, target).toBe(303)
      expect(staysHere(answer.headers.get('location') ?? ''), target).toBe(true)
      const back = await staff.ask(
        `/auth/return?return_to=${encodeURIComponent(target.toWellFormed())}`,
        { headers: asNavigation },
      )
      expect([back.status, staysHere(back.headers.get('location') ?? '')], target).toEqual([
        303,
        true,
      ])
      // Signed in at the provider already, so it goes there and back without a form.
      const hops = staff.answers.length
      const { url } = await staff.visit(
        `/login?return_to=${encodeURIComponent(target.toWellFormed())}`,
      )
      expect(new URL(url).origin, target).toBe(stack.publicUrl)
      const there = staff.answers.slice(hops).map((one) => new URL(one.url).origin)
      expect(there.filter((one) => one !== stack.publicUrl && !one.includes('localhost'))).toEqual(
        [],
      )
    }
  }, 120_000)

  it('after a sign-out is not for the client to say', async () => {
    for (const target of targets.filter((_, index) => index % 20 === 0)) {
      const value = encodeURIComponent(target.toWellFormed())
      const path = `/logout?post_logout_redirect_uri=${value}&rd=${value}&return_to=${value}`
      const { status, headers, text } = await acme.ask(path, { headers: asNavigation })
      expect(status).toBe(200)
      expect(headers.has('location')).toBe(false)
      for (const [, href = ''] of text.matchAll(/(?:href|action|value)="([^"]*)"/g))
        expect(unescaped(href), target).not.toBe(target)
    }
  })
})

describe('R2, R4, V12, V15, V22, V50, V51, V54: a traversal', () => {
  const layout = 'loss-development/_dash-layout'
  const request = (path: string) =>
    sendRaw(
      publicPort,
      `GET ${path} HTTP/1.1\r\nHost: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\nSec-Fetch-Mode: cors\r\nConnection: close\r\n\r\n`,
    )

  it.each([
    ['a slug', (form: string) => `/dashboard/${form}/_dash-layout`, layout],
    ['a path of an app', (form: string) => `/dashboard/claims-monitor/${form}`, layout],
    ['an asset', (form: string) => `/assets/${form}`, 'etc/passwd'],
    ['a saved filter', (form: string) => `/api/preferences/loss-development/${form}`, 'session'],
  ])(
    'in the place of %s leads nowhere',
    async (_, pathOf, file) => {
      const led: string[] = []
      await each(traversals, async (form) => {
        const path = pathOf(form.replaceAll('{FILE}', file).replaceAll(/[\r\n ]/g, ''))
        const answer = await request(path)
        if (![0, 400, 404].includes(statusOf(answer))) led.push(`${statusOf(answer)} ${path}`)
        if (/Loss Development|root:|Acme Corp/.test(answer)) led.push(path)
      })
      expect(led).toEqual([])
    },
    120_000,
  )

  it.each(['/assets../session', '/dashboard../loss-development/', '/dashboard/loss-development..'])(
    'without a slash leads nowhere: %s',
    async (path) => expect([400, 404]).toContain(statusOf(await request(path))),
  )

  it('in the place of an id of the admin API leads nowhere', async () => {
    const some = traversals.filter((_, index) => index % 8 === 0)
    const led: string[] = []
    const ask = rawOperator()
    for (const form of some) {
      const id = form.replaceAll('{FILE}', 'tenants').replaceAll(/[\r\n ]/g, '')
      const status = await ask(`/admin/tenants/${id}`)
      if (![0, 400, 404, 422].includes(status)) led.push(`${status} ${id}`)
    }
    expect(led).toEqual([])
  }, 60_000)

  const spellings: [how: string, spelt: (path: string) => string][] = [
    ['two slashes before it', (path) => `/${path}`],
    ['two slashes in it', (path) => path.replace('/admin/', '/admin//')],
    ['an escaped letter', (path) => path.replace('/admin', '/%61dmin')],
    ['an escaped slash', (path) => path.replace('/admin/', '/admin%2f')],
    ['a backslash', (path) => path.replace('/admin/', '/admin\\')],
    ['a dot', (path) => path.replace('/admin/', '/admin/./')],
    ['a way in and out', (path) => `/x/..${path}`],
    ['a parameter of a segment', (path) => path.replace('/admin/', '/admin/..;/')],
    ['capitals', (path) => path.replace('/admin', '/ADMIN')],
    ['a fragment', (path) => `${path}#x`],
    ['NUL', (path) => `${path}%00`],
    ['a slash behind it', (path) => `${path}/`],
  ]

  it.each(spellings)('V22: %s leads to no route of the admin API', async (_, spelt) => {
    const ask = rawOperator()
    const { json } = await operate('GET', '/admin/openapi.json')
    const routes = Object.entries(json['paths'] as Record<string, object>).flatMap(
      ([path, methods]) =>
        Object.keys(methods)
          .filter((method) => /^(?:get|put|post|delete)$/.test(method))
          .map(
            (method) => [path.replaceAll(/\{\w+\}/g, 'acme-corp'), method.toUpperCase()] as const,
          ),
    )
    expect(routes.length).toBeGreaterThan(10)
    const led: string[] = []
    for (const [path, method] of routes) {
      const status = await ask(spelt(path), ['Content-Length: 0'], method)
      if (![400, 404].includes(status)) led.push(`${status} ${method} ${spelt(path)}`)
    }
    expect(led).toEqual([])
  })
})

describe('H2: bytes that end a header', () => {
  it('do so in no query, path or address to go back to', async () => {
    for (const text of splits) {
      for (const form of forms(text)) {
        for (const target of [`/${form}`, `/session?x=${form}`, `/login?return_to=/${form}`]) {
          const raw = `GET ${target} HTTP/1.1\r\nHost: localhost:${publicPort}\r\nConnection: close\r\n\r\n`
          expect(await sendRaw(publicPort, raw), target).not.toMatch(injected)
        }
      }
    }
  })

  it('do so in no field that is passed on', async () => {
    for (const text of splits.flatMap(forms)) {
      const value = text.replaceAll(/[\r\n]+/g, '\r')
      const raw = `GET /session HTTP/1.1\r\nHost: localhost:${publicPort}\r\nAccept: ${value}\r\nConnection: close\r\n\r\n`
      expect(await sendRaw(publicPort, raw), text).not.toMatch(injected)
    }
  })
})

describe('R5, H5: messages that others have collected', () => {
  it('that are fine are answered as requests', async () => {
    const answers = await Promise.all(
      corpusMessages('valid').map(async ({ name, bytes }) => [
        name,
        statusOf(await sendRaw(publicPort, bytes)),
      ]),
    )
    // For another host or path than ours, but never for their form alone without an answer.
    expect(answers.filter(([, status]) => typeof status !== 'number' || status >= 500)).toEqual([])
  }, 60_000)
})
