import { describe, expect, it } from 'vitest'
import { shapeFaults } from './config-shape.ts'

const faults = (config: Record<string, unknown>) =>
  shapeFaults(config).map(({ path }) => path.join('.'))

describe('the form of what the gateway knows', () => {
  it.each<Record<string, unknown>>([
    {},
    { anything: { else: [1, { is: 'the app’s own' }] } },
    { filters: {}, visible: {}, shell: {} },
    { filters: { line: {} } },
    { filters: { line: { options: ['a', 'b'], default: 'a' } } },
    { filters: { line: { options: ['a', 'b'], default: ['a', 'b'] } } },
    { filters: { line: { default: 'a' } } },
    { filters: { years: { options: [1997, true, 'all'], default: true } } },
    { visible: { table: false, map: true } },
    { shell: { title: 'Réserves 2026', description: '' } },
  ])('fits %j', (config) => {
    expect(faults(config)).toEqual([])
  })

  it.each<[Record<string, unknown>, string]>([
    [{ filters: [] }, 'filters'],
    [{ filters: 'x' }, 'filters'],
    [{ filters: { line: 'a' } }, 'filters.line'],
    [{ filters: { line: { optoins: ['a'] } } }, 'filters.line.optoins'],
    [{ filters: { line: { options: 'a' } } }, 'filters.line.options'],
    [{ filters: { line: { options: [] } } }, 'filters.line.options'],
    [{ filters: { line: { options: [['a']] } } }, 'filters.line.options.0'],
    [{ filters: { line: { options: ['a', null] } } }, 'filters.line.options.1'],
    [{ filters: { line: { options: ['a', 'a'] } } }, 'filters.line.options'],
    [
      { filters: { line: { options: Array.from({ length: 1001 }, (_, n) => n) } } },
      'filters.line.options',
    ],
    [{ filters: { line: { options: ['a'], default: 'b' } } }, 'filters.line.default'],
    [{ filters: { line: { options: ['a'], default: ['a', 'b'] } } }, 'filters.line.default'],
    [{ filters: { line: { options: ['1'], default: 1 } } }, 'filters.line.default'],
    [{ filters: { line: { default: { a: 1 } } } }, 'filters.line.default'],
    [{ filters: { line: { options: ['a'], default: 'toString' } } }, 'filters.line.default'],
    [{ visible: { table: 'no' } }, 'visible.table'],
    [{ visible: { table: 0 } }, 'visible.table'],
    [{ shell: { title: '' } }, 'shell.title'],
    [{ shell: { title: ' ' } }, 'shell.title'],
    [{ shell: { title: 'x'.repeat(101) } }, 'shell.title'],
    [{ shell: { title: 'a\u{202e}b' } }, 'shell.title'],
    [{ shell: { description: 'x'.repeat(501) } }, 'shell.description'],
    [{ shell: { subtitle: 'x' } }, 'shell.subtitle'],
    [{ shell: { constructor: 'x' } }, 'shell.constructor'],
  ])('of %j does not fit at %s', (config, field) => {
    expect(faults(config)).toEqual([field])
  })
})
