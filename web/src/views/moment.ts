import type { Language } from '../words/language.ts'
import { html, type Markup } from './markup.ts'
import { timeAgo } from './time-ago.ts'

const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
const formats: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  en: new Intl.DateTimeFormat('en-GB', style),
  de: new Intl.DateTimeFormat('de', style),
}

const day = { dateStyle: 'medium', timeZone: 'UTC' } as const
const days: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  en: new Intl.DateTimeFormat('en-GB', day),
  de: new Intl.DateTimeFormat('de', day),
}

/** @param date as YYYY-MM-DD; what is none stays as it is */
export function dayOf(language: Language, date: string): string {
  const at = new Date(date)
  return Number.isNaN(at.getTime()) ? date : days[language].format(at)
}

/** A moment as a date, and how long ago it was: the server does not know the reader's zone. */
export function momentOf(language: Language, moment: number, now: number): Markup {
  const at = new Date(moment)
  return html`<time datetime="${at.toISOString()}">${formats[language].format(at)} UTC</time>
    <span class="quiet moment-ago">${timeAgo(language, moment, now)}</span>`
}
