import { describe, expect, it } from 'vitest'
import { counted } from './counted.ts'
import { shell as germanShell } from './de/shell.ts'
import { shell as englishShell } from './en/shell.ts'
import { wordsOf } from './words.ts'

/** Paths of all words, `home.title`; lists and functions are words as well. */
function pathsOf(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [path]
  return Object.entries(node).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`))
}

describe('the catalogues', () => {
  it('say something for everything, in each language', () => {
    for (const words of [wordsOf({ language: 'de' }), wordsOf({ language: 'en' })]) {
      expect(JSON.stringify(words)).not.toContain('""')
    }
  })

  it('say nothing twice: a German sentence is not the English one', () => {
    const isSentence = (text: unknown): text is string =>
      typeof text === 'string' && text.split(' ').length > 2
    const english = new Set(Object.values(englishShell).filter(isSentence))
    expect(
      Object.values(germanShell).filter((text) => isSentence(text) && english.has(text)),
    ).toEqual([])
  })

  it('say the same errors in German that have a title in English', () => {
    const { titles, titlesByCode } = wordsOf({ language: 'de' }).errors
    const english = wordsOf({ language: 'en' }).errors
    expect(pathsOf({ titles, titlesByCode })).toEqual(
      pathsOf({ titles: english.titles, titlesByCode: english.titlesByCode }),
    )
  })
})

it('a number has the noun that goes with it', () => {
  const forms = { one: '# Sicht', other: '# Sichten' }
  expect([0, 1, 2, 1234].map((count) => counted('de', count, forms))).toEqual([
    '0 Sichten',
    '1 Sicht',
    '2 Sichten',
    '1.234 Sichten',
  ])
})
