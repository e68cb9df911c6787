import type { Language } from '../words/language.ts'
import { wordsOf } from '../words/words.ts'

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const formats: Readonly<Record<Language, Intl.RelativeTimeFormat>> = {
  en: new Intl.RelativeTimeFormat('en'),
  de: new Intl.RelativeTimeFormat('de'),
}

/** How long ago something was: true in every time zone, which a page made on the server does not know. */
export function timeAgo(language: Language, moment: number, now: number): string {
  const step = steps.find(([, ms]) => now - moment >= ms)
  if (step === undefined) return wordsOf({ language }).account.justNow
  const [unit, ms] = step
  return formats[language].format(-Math.floor((now - moment) / ms), unit)
}
