import type { Results } from '../results.ts'
import { rowsOf } from '../table.ts'

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const list = (what: Readonly<Record<string, string | number>>) =>
  Object.entries(what)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** The table of a run as Markdown, with what it ran on. */
export function markdownOf({ at, machine, versions, figures }: Results): string {
  const rows = rowsOf(figures).map(([name = '', value = '', bar = '', held = '', of = '']) => [
    name,
    `**${value}**`,
    bar,
    held,
    of,
  ])
  return [
    '![First loads and CPU per request](pictures/performance.svg)',
    '',
    line(['what', 'median', 'bar', '', 'made of']),
    line(['---', '---:', '---', '---', '---']),
    ...rows.map(line),
    '',
    `Run of ${at.slice(0, 10)}; ${list(machine)}; ${list(versions)}.`,
    '',
  ].join('\n')
}
