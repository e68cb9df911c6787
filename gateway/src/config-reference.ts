/** Writes docs/configuration.md from the schema, or with `--check` says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { settings } from './config.ts'

const target = new URL('../../docs/configuration.md', import.meta.url)

const escapeCell = (text: string) => text.replaceAll('|', '\\|')

/** How a default is written in the environment. */
function defaultOf(field: z.ZodType): string {
  const outcome = field.safeParse(undefined)
  if (!outcome.success) return '**required**'
  const value: unknown = outcome.data
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–'
  if (typeof value === 'object' && value !== null && 'port' in value && 'host' in value) {
    return `\`${String(value.host)}:${String(value.port)}\``
  }
  return `\`${JSON.stringify(value).replaceAll('"', '')}\``
}

function configurationReference(): string {
  const rows = Object.entries(settings.shape).map(
    ([name, field]) =>
      `| \`${name}\` | ${escapeCell(defaultOf(field))} | ${escapeCell(field.description ?? '')} |`,
  )
  return [
    '# Configuration',
    '',
    'The gateway is configured by environment variables. All faults are reported together at start.',
    'This page is made from `gateway/src/config.ts` by `node gateway/src/config-reference.ts`.',
    '',
    '| variable | default | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

const wanted = configurationReference()
if (!process.argv.includes('--check')) {
  writeFileSync(target, wanted)
} else if (readFileSync(target, 'utf8') !== wanted) {
  throw new Error('docs/configuration.md is out of date: run node gateway/src/config-reference.ts')
}
