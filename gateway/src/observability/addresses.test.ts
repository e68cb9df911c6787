import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressPolicy } from './addresses.ts'
import { createLogger } from './logger.ts'

function logged(policy: 'full' | 'hash' | 'none', facts: object, key = 'k'.repeat(32)): string {
  const lines: string[] = []
  const options = { addresses: addressPolicy(policy, key) }
  createLogger('info', { write: (line) => void lines.push(line) }, options).info('request', facts)
  return lines.join('')
}

const facts = {
  sub: 'user-1',
  email: 'Jane.Doe+x@acme.test',
  error: new Error('no claim for Jane.Doe+x@acme.test'),
}

describe('e-mail addresses in the log', () => {
  it('stay as they are unless something else is asked for', () => {
    expect(JSON.parse(logged('full', facts))).toMatchObject({ email: facts.email })
  })

  it('are the same hash for the same address, wherever it is and however it is written', () => {
    const line = logged('hash', facts)
    const { email } = JSON.parse(line) as { email: string }
    expect(email).toMatch(/^email:[0-9a-f]{24}$/)
    expect(line).not.toMatch(/jane|acme/i)
    expect(line.split(email).length - 1).toBeGreaterThan(1)
    expect(logged('hash', { email: 'jane.doe+X@ACME.test' })).toContain(email)
    expect(logged('hash', facts, 'another key of some length')).not.toContain(email)
  })

  it('are left out, and the subject stays', () => {
    const line = logged('none', facts)
    expect(line).not.toMatch(/jane|acme/i)
    expect(JSON.parse(line)).toMatchObject({ sub: 'user-1', email: '[email]' })
  })

  it.each(['hash', 'none'] as const)('never stay (%s), and the line stays JSON', (policy) => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.string(), (email, beside) => {
        fc.pre(!/["\\\\/=:;,'{}()<>[\]]/.test(email))
        const line = logged(policy, { email, note: `${beside}\n${email}` })
        expect(line).not.toContain(email)
        expect(() => JSON.parse(line) as unknown).not.toThrow()
      }),
    )
  })
})
