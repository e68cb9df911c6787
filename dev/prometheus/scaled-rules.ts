import { parse, stringify } from 'yaml'
import type { RuleFile } from './rules.ts'

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
/** A rate needs two samples, and three where one may be late. */
const shortestWindow = 4

const scaled = (duration: string, scale: number, least: number): string => {
  const [, count = '0', unit = 's'] = /^(\d+)([smhd])$/.exec(duration) ?? []
  return `${Math.max(least, Math.round((Number(count) * (secondsOf[unit] ?? 1)) / scale))}s`
}

/**
 * The same rules for a clock that runs `scale` times as fast: windows and waits are that much shorter, and
 * nothing else is changed. So a drill of a minute tries what takes hours.
 */
export function scaleRules(text: string, scale: number): string {
  const { groups } = parse(text) as RuleFile
  return stringify({
    groups: groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map((rule) => ({
        ...rule,
        expr: rule.expr.replaceAll(
          /\[(\d+[smhd])\]/g,
          (_, window: string) => `[${scaled(window, scale, shortestWindow)}]`,
        ),
        ...(rule.for && { for: scaled(rule.for, scale, 0) }),
      })),
    })),
  })
}
