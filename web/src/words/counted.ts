import type { Language } from './language.ts'

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

const rules = new Map<Language, Intl.PluralRules>()
const numbers = new Map<Language, Intl.NumberFormat>()

function kept<Made>(made: Map<Language, Made>, language: Language, make: () => Made): Made {
  const found = made.get(language) ?? make()
  made.set(language, found)
  return found
}

/** A number and its noun in the form that goes with it; `#` is the number. */
export function counted(language: Language, count: number, forms: Forms): string {
  const rule = kept(rules, language, () => new Intl.PluralRules(language)).select(count)
  return (forms[rule] ?? forms.other).replace('#', numberIn(language, count))
}

export function numberIn(language: Language, value: number): string {
  return kept(numbers, language, () => new Intl.NumberFormat(language)).format(value)
}
