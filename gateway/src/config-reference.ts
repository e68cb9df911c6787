/** Writes docs/configuration.md from the schema, or with `--check` says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { sections } from './config.ts'

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

const rowOf = ([name, field]: [string, z.ZodType]) =>
  `| \`${name}\` | ${escapeCell(defaultOf(field))} | ${escapeCell(field.description ?? '')} |`

function configurationReference(): string {
  const tables = sections.flatMap(({ title, shape }) => [
    `## ${title}`,
    '',
    '| variable | default | meaning |',
    '| --- | --- | --- |',
    ...Object.entries<z.ZodType>(shape).map(rowOf),
    '',
  ])
  return [
    '# Configuration',
    '',
    'The gateway is configured by environment variables. All faults are reported together at start.',
    'This page is made from `gateway/src/config/` by `node gateway/src/config-reference.ts`.',
    '',
    ...tables,
  ].join('\n')
}

const wanted = configurationReference()
if (!process.argv.includes('--check')) {
  writeFileSync(target, wanted)
} else if (readFileSync(target, 'utf8') !== wanted) {
  throw new Error('docs/configuration.md is out of date: run node gateway/src/config-reference.ts')
}
