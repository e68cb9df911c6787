import { describe, expect, it } from 'vitest'
import type { Figure } from './measurement.ts'
import { missedOf, printedTable } from './table.ts'

const base: Figure = { name: 'it', unit: 'ms', value: 2, rounds: [2], details: { straight: 1.234 } }

describe('missedOf', () => {
  it.each([
    ['at its upper bar', { bar: { atMost: 2 } }, []],
    ['over it', { bar: { atMost: 1.99 } }, ['it']],
    ['at its lower bar', { bar: { atLeast: 2 } }, []],
    ['below it', { bar: { atLeast: 2.01 } }, ['it']],
    ['without a bar', {}, []],
    ['not measured', { value: undefined, bar: { atMost: 2 } }, ['it']],
    ['not a number', { value: Number.NaN, bar: { atMost: 2 } }, ['it']],
  ])('names a figure that is %s, or does not', (_, changes, missed) => {
    expect(missedOf([{ ...base, ...changes }]).map(({ name }) => name)).toEqual(missed)
  })
})

describe('printedTable', () => {
  it('says of each figure what it is, what it should be, and what it is made of', () => {
    const [head, row] = printedTable([{ ...base, bar: { atMost: 1 } }]).split('\n')
    expect(head).toMatch(/^figure +median +bar/)
    expect(row).toBe('it      2.00 ms  ≤ 1 ms  MISSED  straight 1.23')
  })

  it('says what could not be measured', () => {
    const row = printedTable([{ ...base, value: undefined, details: { why: 'none' } }])
    expect(row).toMatch(/not available .*why none/)
  })
})
