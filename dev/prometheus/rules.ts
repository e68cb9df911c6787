import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A rule file as Prometheus reads it, as far as it is used here. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export const readRules = (file: string): readonly Rule[] =>
  (parse(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules)

export const alertsIn = (...files: readonly string[]) =>
  files
    .flatMap(readRules)
    .flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]))
