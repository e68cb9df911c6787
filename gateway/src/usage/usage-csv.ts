import { stringify } from 'csv-stringify/sync'
import type { Opening } from './usage-store.ts'

/** RFC 4180; what a client sent as its name must not run in a spreadsheet (OWASP, CSV injection). */
export const usageCsv = (openings: readonly Opening[]): string =>
  stringify([...openings], {
    header: true,
    columns: ['at', 'tenantId', 'dashboard', 'person'],
    record_delimiter: '\r\n',
    quoted_string: true,
    escape_formulas: true,
    cast: {
      date: (moment) => moment.toISOString(),
      string: (text) => (text.startsWith('\n') ? `'${text}` : text),
    },
  })
