import { expect, it } from 'vitest'
import { usageCsv } from './usage-csv.ts'

const opening = { at: new Date(0), tenantId: 'acme-corp', dashboard: 'claims', person: 'a@b.test' }

it('is a table with a head', () => {
  expect(usageCsv([opening])).toBe(
    '"at","tenantId","dashboard","person"\r\n1970-01-01T00:00:00.000Z,"acme-corp","claims","a@b.test"\r\n',
  )
})

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
  'has no formula: %j',
  (person) => {
    expect(usageCsv([{ ...opening, person }])).toContain(`"'${person}"`)
  },
)
