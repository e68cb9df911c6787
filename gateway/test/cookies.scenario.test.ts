import { sealData } from 'iron-session'
import { beforeAll, describe, expect, it } from 'vitest'
import { sendRaw } from './support/raw.ts'
import { publicPort, signedIn, stack, visitor } from './support/stack.ts'
import { follow } from './support/strict-browser.ts'
import { asNavigation, asScript, type Visitor } from './support/visitor.ts'

const name = '__Host-Http-session'

let victim: Visitor
/** A cookie that opens, so that each test changes just one thing about it. */
let good: string
beforeAll(async () => {
  victim = await signedIn('viewer@acme.test')
  good = victim.cookies.get(name) ?? ''
})

/** Asks with a `Cookie` header byte for byte, as no client would write some of them. */
function ask(path: string, cookie: string, fields: Readonly<Record<string, string>>) {
  const lines = Object.entries({ ...fields, cookie }).map(([key, value]) => `${key}: ${value}`)
  const head = [`GET ${path} HTTP/1.1`, `Host: localhost:${publicPort}`, 'Connection: close']
  return sendRaw(publicPort, Buffer.from([...head, ...lines, '', ''].join('\r\n'), 'latin1'))
}

/** A person is sent to sign-in, a script refused as one, and nobody has a session. */
async function expectNobody(cookie: string): Promise<void> {
  const shown = JSON.stringify(cookie.slice(0, 200))
  const page = await ask('/', cookie, asNavigation)
  expect(page, shown).toMatch(/^HTTP\/1\.1 302 Found\r\n/)
  expect(page, shown).toMatch(/\r\nlocation: \/login\?return_to=%2F\r\n/i)
  const json = await ask('/session', cookie, asScript)
  expect(json, shown).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
  expect(json, shown).toContain('"error":"session_expired"')
  expect(page + json, shown).not.toMatch(new RegExp(`set-cookie: ${name}`, 'i'))
}

it('a cookie that was not touched opens, so that what follows means something', async () => {
  expect(await ask('/session', `${name}=${good}`, asScript)).toMatch(/^HTTP\/1\.1 200 /)
})

describe('V37: a session cookie', () => {
  it('that is cut short anywhere is none', async () => {
    for (let length = 0; length < good.length; length += 7) {
      await expectNobody(`${name}=${good.slice(0, length)}`)
    }
  })

  it('of which one bit is another is none', async () => {
    for (let at = 0; at < good.length; at += 11) {
      const other = String.fromCharCode(good.charCodeAt(at) ^ (1 << (at % 3)))
      await expectNobody(`${name}=${good.slice(0, at)}${other}${good.slice(at + 1)}`)
    }
  })

  it('that is made up is none', async () => {
    const made = [
      'Fe26.2*1*x',
      'Fe26.2*******~2',
      `Fe26.2*${'*'.repeat(3000)}~2`,
      'a'.repeat(9000),
      `${good}${good}`,
      good.toUpperCase(),
      good.replace('~2', '~1'),
      good.replace('Fe26.2', 'Fe26.1'),
      good.replace(/^Fe26\.2\*[^*]*/, 'Fe26.2*no-such-key'),
      good.replace(/^Fe26\.2\*[^*]*/, 'Fe26.2*__proto__'),
      'null',
      '{}',
      '%00',
      '\xff\xfe',
    ]
    for (const value of made) await expectNobody(`${name}=${value}`)
  })

  it('X10: of another deployment, or of a key that is gone, is none', async () => {
    const [, kid = ''] = good.split('*')
    const content = {
      v: 1,
      sessionId: 'i'.repeat(43),
      secret: 's'.repeat(43),
      issuer: stack.issuer,
      sub: 'u',
      email: 'viewer@acme.test',
      role: 'admin',
      tenants: 'all',
    }
    for (const id of [kid, '1', '987654321']) {
      const password = { [id]: 'a password of forty characters, and then some' }
      await expectNobody(`${name}=${await sealData(content, { password, ttl: 3600 })}`)
    }
  })

  it('beside another of its name is none, in either order and however they came to be there', async () => {
    const theirs = (await signedIn('viewer@globex.test')).cookies.get(name) ?? ''
    for (const evil of [theirs, good, '', 'x']) {
      await expectNobody(`${name}=${good}; ${name}=${evil}`)
      await expectNobody(`${name}=${evil}; ${name}=${good}`)
      await expectNobody(`${name}=${good};${name}=${evil}`)
      await expectNobody(`a="x; ${name}=${evil}"; ${name}=${good}`)
      await expectNobody(`$Version=1; ${name}="${evil}"; ${name}=${good}; $Path=/`)
    }
  })

  it('under a name that only looks like its own is none', async () => {
    const names = [
      `\xa0${name}`,
      `\xc2\xa0${name}`,
      `\xef\xbb\xbf${name}`,
      `"${name}"`,
      `$${name}`,
      name.toLowerCase(),
      name.toUpperCase(),
      name.replace('_', '%5F'),
      `__Host-${name}`,
      'session',
      '__Secure-session',
      '__Host-session',
      `${name}[0]`,
    ]
    for (const odd of names) await expectNobody(`${odd}=${good}`)
    for (const quoted of [`"${good}"`, `'${good}'`, `%22${good}%22`]) {
      await expectNobody(`${name}=${quoted}`)
    }
  })

  it('is found among whatever others have set', async () => {
    const others = [`\xa0${name}=evil`, '$Version=1', '=', ';;', 'a="b', name, 'x=\xff']
    const answer = await ask('/session', `${others.join('; ')}; ${name}=${good}`, asScript)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('viewer@acme.test')
  })

  it('that somebody planted is not what a sign-in goes on with (fixation)', async () => {
    const attacker = await signedIn('viewer@globex.test')
    const planted = attacker.cookies.get(name) ?? ''
    const one = visitor()
    one.cookies.set(name, planted)
    await one.signIn('viewer@acme.test')
    expect(one.cookies.get(name)).not.toBe(planted)
    expect((await one.script('/session')).text).toContain('viewer@acme.test')
    expect((await attacker.script('/session')).status).toBe(401)
  })

  it('that cannot be got rid of ends in a page that explains, not in a circle', async () => {
    const one = await signedIn('viewer@initech.test')
    for (const cookie of one.cookies.names) one.cookies.keep([`${cookie}=; Max-Age=0`])
    // A second one of the name, as a browser without the prefix's rules would keep it.
    one.cookies.set(` ${name}`, 'tossed')
    const { last } = await follow(one, '/', 'none')
    expect([last.status, last.headers.get('x-gateway-error')]).toEqual([400, 'session_not_kept'])
  })
})

describe('X16: a browser that another site has filled with cookies', () => {
  const bomb = (count: number) =>
    Array.from({ length: count }, (_, n) => `bomb${n}=${'x'.repeat(4000)}`).join('; ')

  it.each([5, 8, 170])('is told so, and asked to drop them (%i)', async (count) => {
    const answer = await ask('/', `${name}=${good}; ${bomb(count)}`, asNavigation)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('Clear-Site-Data: "cookies"\r\n')
    expect(answer).toContain('Cache-Control: no-store\r\n')
    expect(answer).toMatch(/<h1>Too many cookies<\/h1>[^]*<\/html>\s*$/)
  })

  it('is not made to drop them by an address that another site has chosen', async () => {
    for (const length of [9_000, 16_000, 20_000, 200_000]) {
      const answer = await ask(`/?${'a'.repeat(length)}`, `${name}=${good}`, asNavigation)
      expect(answer).toMatch(/^HTTP\/1\.1 4(14|31) /)
      expect(answer).not.toMatch(/clear-site-data/i)
    }
  })

  it('works on while there is room for ours', async () => {
    const answer = await ask('/session', `${bomb(3)}; ${name}=${good}`, asScript)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })
})
