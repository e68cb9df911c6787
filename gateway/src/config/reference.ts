import type { z } from 'zod'
import type { Section } from './fields.ts'

/** Where the page lies in the checkout. */
export const referencePath = 'docs/configuration.md'

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

type Sections = readonly Pick<Section, 'title' | 'shape'>[]

/** The reference of all settings, line by line. */
export function referenceOf(sections: Sections): string[] {
  const tables = sections.flatMap(({ title, shape }) => [
    `## ${title}`,
    '',
    '| variable | default | meaning |',
    '| --- | --- | --- |',
    ...Object.entries(shape as Record<string, z.ZodType>).map(rowOf),
    '',
  ])
  return [
    '# Configuration',
    '',
    'The gateway is configured by environment variables. All faults are reported together at start, and by `npm run config:check`.',
    'This page is made from `gateway/src/config/` by `node gateway/src/config-reference.ts`.',
    '',
    ...tables,
  ]
}

/** Says after each fault, which begins with the name of a variable, where that one is described. */
export function withPlaces(sections: Sections, faults: readonly string[]): string[] {
  const lines = referenceOf(sections)
  return faults.map((fault) => {
    const [name = ''] = /^[A-Z0-9_]+/.exec(fault) ?? []
    const index = lines.findIndex((line) => line.startsWith(`| \`${name}\` |`))
    return index < 0 ? fault : `${fault} (${referencePath}:${index + 1})`
  })
}
