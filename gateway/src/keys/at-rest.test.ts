import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openAtRest, sealAtRest } from './at-rest.ts'

const dataKey = (kid: string) => ({ kid, secret: randomBytes(32) })
const older = dataKey('data-1')
const newer = dataKey('data-2')

describe('a text sealed at rest', () => {
  it('opens with its data key and the cookie that it was sealed for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (text, cookie) => {
          const sealed = sealAtRest(older, text, cookie)
          expect(openAtRest([older, newer], sealed, cookie)).toBe(text)
          expect(openAtRest([older, newer], sealed, `${cookie}x`)).toBeUndefined()
        },
      ),
    )
  })

  it('does not open once its key is gone, nor under another key of the same name', () => {
    const sealed = sealAtRest(older, 'refresh token', 'cookie')
    expect(openAtRest([newer], sealed, 'cookie')).toBeUndefined()
    expect(openAtRest([{ ...newer, kid: older.kid }], sealed, 'cookie')).toBeUndefined()
  })

  it('does not open under the name of another key', () => {
    const sealed = sealAtRest(older, 'refresh token', 'cookie').replace('data-1', 'data-2')
    expect(openAtRest([older, { ...older, kid: 'data-2' }], sealed, 'cookie')).toBeUndefined()
  })

  it('does not show the text', () => {
    const sealed = sealAtRest(older, 'canary-refresh-token', 'cookie')
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString()).not.toContain('canary')
  })

  it('is nothing when it is not in our form', () => {
    fc.assert(
      fc.property(fc.string(), (envelope) => {
        expect(openAtRest([older], envelope, 'cookie')).toBeUndefined()
      }),
    )
    for (const envelope of [
      '',
      'v1',
      'v1.data-1',
      'v1.data-1.',
      'v2.data-1.AAAA',
      'v1.data-1.A.A',
    ]) {
      expect(openAtRest([older], envelope, 'cookie')).toBeUndefined()
    }
  })
})
