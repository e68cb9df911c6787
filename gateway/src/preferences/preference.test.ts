import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newPreference, preferenceName } from './preference.ts'

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

describe('the name of a preference', () => {
  it.each(['a', 'My filters', 'Réserves 2026/Q1', '損害', 'a'.repeat(100), '"quoted"', '🙂'])(
    'may be %s',
    (name) => {
      expect(preferenceName(name)).toBe(name)
    },
  )

  it.each([
    '',
    ' ',
    ' a',
    'a ',
    'a'.repeat(101),
    'a\nb',
    'a\0',
    '\u{7f}',
    'a\u{202e}b',
    'a\u{200b}b',
    'a\u{2028}b',
    '\u{d800}',
    '\u{e000}',
  ])('may not be %j', (name) => {
    expect(() => preferenceName(name)).toThrow(expect.objectContaining({ code: 'invalid_name' }))
  })
})

describe('a new preference', () => {
  it('says nothing of being the default unless it was told', () => {
    expect(newPreference('n', { value: { a: 1 } })).toEqual({ name: 'n', value: { a: 1 } })
    expect(newPreference('n', { value: {}, isDefault: false })).toMatchObject({ isDefault: false })
  })

  it('keeps every field, whatever its name', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2}')
    expect(JSON.stringify(newPreference('n', { value }).value)).toBe(JSON.stringify(value))
  })

  it('may hold 32 KiB and not a byte more', () => {
    const value = { text: 'x'.repeat(32 * 1024 - '{"text":""}'.length) }
    expect(newPreference('n', { value }).value).toEqual(value)
    expect(() => newPreference('n', { value: { text: `${value.text}x` } })).toThrow(
      expect.objectContaining({ status: 413, code: 'preference_too_large' }),
    )
  })

  it('counts bytes, not characters', () => {
    expect(() => newPreference('n', { value: { text: 'é'.repeat(17 * 1024) } })).toThrow(
      expect.objectContaining({ status: 413 }),
    )
  })

  it.each<[unknown, string]>([
    [null, '(body)'],
    [[], '(body)'],
    ['x', '(body)'],
    [{}, 'value'],
    [{ value: [] }, 'value'],
    [{ value: 'x' }, 'value'],
    [{ value: null }, 'value'],
    [{ value: {}, isDefault: 'yes' }, 'isDefault'],
    [{ value: {}, tenantId: 'globex' }, 'tenantId'],
    [{ value: deep(60) }, 'levels deep'],
  ])('is not %j, and the message names %s', (body, field) => {
    expect(() => newPreference('n', body)).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'invalid_preference',
        message: expect.stringContaining(field),
      }),
    )
  })

  it('is refused, not fatal, however deep it is', () => {
    const text = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
    expect(() => newPreference('n', JSON.parse(`{"value":${text}}`))).toThrow(/levels deep/)
  })

  it('is taken over as it is or refused with a 4xx', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, value) => {
        try {
          const taken = newPreference(name, { value })
          expect(JSON.stringify(taken.value)).toBe(JSON.stringify(value))
        } catch (error) {
          expect(error).toMatchObject({ name: 'GatewayError', status: 400 })
        }
      }),
    )
  })
})
