import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSessionCookies, type SessionCookie } from './session-cookie.ts'

const keys = (passwords: Record<string, string>) => ({
  passwordsToSeal: () => passwords,
  passwordsToOpen: async () => passwords,
})
const first = { 1: 'the-first-password-of-enough-length' }
const second = { 2: 'the-second-password-of-enough-length' }

const content: SessionCookie = {
  v: 1,
  sessionId: 'i'.repeat(43),
  secret: 's'.repeat(43),
  issuer: 'https://login.example',
  sub: 'u1',
  email: 'viewer@acme.test',
  role: 'viewer',
  tenants: ['acme-corp'],
  tenantId: 'acme-corp',
}
const valueOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';'))

describe('session cookies', () => {
  it('come back as they were sealed', async () => {
    const cookies = createSessionCookies(keys(first), 60)
    expect(await cookies.unseal(valueOf(await cookies.seal(content)))).toEqual(content)
  })

  it('X10: stay valid while the key that sealed them is in the ring, and no longer', async () => {
    const value = valueOf(await createSessionCookies(keys(first), 60).seal(content))
    expect(await createSessionCookies(keys({ ...first, ...second }), 60).unseal(value)).toEqual(
      content,
    )
    expect(await createSessionCookies(keys(second), 60).unseal(value)).toBeUndefined()
  })

  it('are refused after any change', async () => {
    const cookies = createSessionCookies(keys(first), 60)
    const value = valueOf(await cookies.seal(content))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(value.length - 1),
        fc.constantFrom('A', 'b', '*', ''),
        async (at, other) => {
          fc.pre(value[at] !== other)
          // The last base64url digit of a field carries unused bits, so a change there may be none.
          fc.pre(value[at + 1] !== undefined && value[at + 1] !== '*')
          expect(
            await cookies.unseal(value.slice(0, at) + other + value.slice(at + 1)),
          ).toBeUndefined()
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(['', 'x', 'Fe26.2*1*', '%00', 'a'.repeat(9000)])(
    'answer the garbage %j with nothing',
    async (garbage) => {
      expect(await createSessionCookies(keys(first), 60).unseal(garbage)).toBeUndefined()
    },
  )

  it('fit into one cookie of 4096 bytes with the longest claims that are accepted', async () => {
    const cookie = await createSessionCookies(keys(first), 60).seal({
      ...content,
      sub: 's'.repeat(255),
      email: 'e'.repeat(254),
      issuer: 'i'.repeat(255),
      tenants: Array.from({ length: 16 }, () => 't'.repeat(63)),
    })
    expect(cookie.length).toBeLessThanOrEqual(4096)
  })

  it('count as none when there are two', () => {
    const cookies = createSessionCookies(keys(first), 60)
    expect(cookies.only('__Host-Http-session=a')).toBe('a')
    expect(cookies.only('__Host-Http-session=a; __Host-Http-session=b')).toBeUndefined()
  })

  it('are no less good when the keys cannot be read: that is an error, and signs nobody out', async () => {
    const value = valueOf(await createSessionCookies(keys(first), 60).seal(content))
    const unread = { ...keys(first), passwordsToOpen: () => Promise.reject(new Error('no keys')) }
    await expect(createSessionCookies(unread, 60).unseal(value)).rejects.toThrow('no keys')
  })

  it('have a CSRF token each, which does not show the cookie and outlives the keys', () => {
    const cookies = createSessionCookies(keys(first), 60)
    expect(cookies.csrfToken('a')).not.toBe(cookies.csrfToken('b'))
    expect(cookies.csrfToken('a')).toMatch(/^[\w-]{43}$/)
    expect(createSessionCookies(keys(second), 60).csrfToken('a')).toBe(cookies.csrfToken('a'))
  })
})
