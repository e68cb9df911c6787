import { expect, it } from 'vitest'

import { createPaints } from './paint.ts'

it('colours a terminal', () => {
  expect(createPaints(true, {}).red('no')).toBe('\u001B[31mno\u001B[0m')
})

it.each([
  ['no terminal', false, {}],
  ['NO_COLOR', true, { NO_COLOR: '1' }],
  ['a dumb terminal', true, { TERM: 'dumb' }],
])('stays plain for %s', (_, isTerminal, environment) => {
  expect(createPaints(isTerminal, environment).red('no')).toBe('no')
})
