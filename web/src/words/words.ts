import { de } from './de.ts'
import { en, type Words } from './en.ts'
import type { Language } from './language.ts'

/** A language without a word of the English catalogue does not compile. */
const CATALOGUES: Readonly<Record<Language, Words>> = { en, de }

/** What the pages say, in the language of the one who looks. */
export const wordsOf = ({ language }: { language: Language }): Words => CATALOGUES[language]
