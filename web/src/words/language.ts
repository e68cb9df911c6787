/** Languages that the shell speaks; the first is what everybody else gets. */
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]
export const DEFAULT_LANGUAGE: Language = 'en'

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

export const isLanguage = (text: string | undefined): text is Language =>
  LANGUAGES.some((one) => one === text)

/** More is not a browser's list of languages. */
const longest = 200

/**
 * The language that a browser would rather have (RFC 9110 §12.5.4), by the first part of its tag:
 * `de-AT` is German. Of those it likes alike, the first.
 */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const ranges = (acceptLanguage ?? '').slice(0, longest).split(',')
  const wanted = ranges.flatMap((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const quality = parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1'
    const language = tag.split('-')[0]
    return isLanguage(language) && Number(quality) > 0
      ? [{ language, quality: Number(quality) }]
      : []
  })
  // The sort is stable.
  return wanted.toSorted((a, b) => b.quality - a.quality)[0]?.language ?? DEFAULT_LANGUAGE
}
