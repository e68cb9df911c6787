import { describeBar, isHeld } from './bars.ts'
import type { Figure } from './measurement.ts'

/** Three digits that count, without an exponent. */
export function readable(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}

const detail = ([name, value]: [string, number | string]) =>
  `${name} ${typeof value === 'number' ? readable(value) : value}`

/** One row for each figure: name, value, bar, whether it is held, what it is made of. */
export function rowsOf(figures: readonly Figure[]): string[][] {
  return figures.map(({ name, unit, value, bar, details }) => {
    const shown = value === undefined ? 'not available' : `${readable(value)} ${unit}`.trim()
    const judged = bar && value !== undefined ? (isHeld(bar, value) ? 'held' : 'MISSED') : ''
    const limit = bar ? `${describeBar(bar)} ${unit}`.trim() : ''
    return [name, shown, limit, judged, Object.entries(details).map(detail).join(', ')]
  })
}

export function printedTable(figures: readonly Figure[]): string {
  const rows = [['figure', 'median', 'bar', '', 'of which'], ...rowsOf(figures)]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The figures whose bar is not held, or could not be looked at. */
export const missedOf = (figures: readonly Figure[]): readonly Figure[] =>
  figures.filter(({ bar, value }) => bar && (value === undefined || !isHeld(bar, value)))
