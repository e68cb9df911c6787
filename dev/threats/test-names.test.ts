import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { root } from '../paths.ts'
import { reasons, rows } from './rows.ts'
import { threatTable } from './table.ts'
import { coveringIn } from './test-names.ts'

const idsOf = (file: string, source: string) => coveringIn(file, source, rows).map(({ id }) => id)

describe('the names of tests', () => {
  it.each([
    ["it('V1, H2: one', () => {", ['V1', 'H2']],
    ["describe('two (X21)', () => {", ['X21']],
    ["it.each(['B1'])('three: V5 for %s', () => {", ['V5']],
    ["it.each([\n  ['a'],\n])(\n  'V1: four',", ['V1']],
    ['describe.each(kinds)(`R2: five of ${kind}`, () => {', ['R2']],
    ['it("V3: it\'s six", () => {', ['V3']],
    ["it.skip('V1: skipped', () => {", []],
    ["it('no id of ours: V99, v1, XV1, V10x', () => {", []],
    ["// V1: a comment\nconst text = 'V2: a text'", []],
  ])('of TypeScript: %s', (source, ids) => {
    expect(idsOf('a.test.ts', source)).toEqual(ids)
  })

  it('of Python are those of functions', () => {
    const source =
      'def test_v49_keys_of_others():\n  "V48"\n\nasync def test_b1_x2():\n\ndef help_v3():\n'
    expect(idsOf('tests/test_a.py', source)).toEqual(['V49', 'B1', 'X2'])
  })
})

describe('the table', () => {
  const some = { V1: 'one', V2: 'two', V3: 'three' }
  const covering = [{ id: 'V1', file: 'a.test.ts', name: 'V1: a | b' }]

  it('has a line for each row, and names those with neither test nor reason', () => {
    const { page, open } = threatTable(some, { V2: 'not here.' }, covering)
    expect(page).toContain('| V1 | one | `a.test.ts`: V1: a \\| b |')
    expect(page).toContain('| V2 | two | No test: not here. |')
    expect(open).toEqual(['V3'])
  })

  it('takes no reason for a row that has a test', () => {
    expect(threatTable(some, { V1: 'x', V2: 'x', V3: 'x' }, covering).open).toEqual(['V1'])
  })
})

describe('the reasons', () => {
  it.each(Object.keys(reasons))('of %s stand in SECURITY.md as well', (id) => {
    expect(readFileSync(join(root, 'SECURITY.md'), 'utf8')).toContain(`- **${id}**`)
  })
})
